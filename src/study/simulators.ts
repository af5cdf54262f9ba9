/** What does the jobs of an executor, in whichever thread or process: simulates users of studies, draws data that trackers learn from. */
import type { Simulation, Simulator } from '../fan-out/executor.js';
import { dataSimulatorOf, isDrawnData } from '../prediction/drawn-data.js';
import { STUDY_KINDS, userSimulatorOf } from './study-kinds.js';

/** Whether this program knows what does such jobs. */
export function canSimulate(simulation: Simulation): boolean {
  return (
    isDrawnData(simulation) ||
    STUDY_KINDS.some(({ kind, simulator }) => kind === simulation.kind && simulator !== null)
  );
}

export function simulatorOf(simulation: Simulation): Simulator {
  return isDrawnData(simulation) ? dataSimulatorOf(simulation) : userSimulatorOf(simulation);
}
