/** What draws the data that learned trackers are trained and scored on, in whichever thread or process. */
import type { Simulation, Simulator } from '../fan-out/executor.js';
import { MOTION_WINDOWS, type WindowDraws, windowSimulator } from './motion/data/window-draws.js';

const SIMULATORS: Readonly<Record<string, (of: unknown) => Simulator>> = {
  [MOTION_WINDOWS]: (draws) => windowSimulator(draws as WindowDraws),
};

export function isDrawnData({ kind }: Simulation): boolean {
  return Object.hasOwn(SIMULATORS, kind);
}

/** @param simulation one of `isDrawnData`. */
export function dataSimulatorOf({ kind, study }: Simulation): Simulator {
  return SIMULATORS[kind]!(study);
}
