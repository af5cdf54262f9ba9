/** What draws the data that learned trackers are trained and scored on, in whichever thread or process. */
import type { Simulation, Simulator } from '../fan-out/executor.js';
import { STREET_WINDOWS, type StreetDraws, streetSimulator } from './camera/data/street-draws.js';
import { MOTION_WINDOWS, type WindowDraws, windowSimulator } from './motion/data/window-draws.js';
import { CITY_SWEEPS, type CityDraws, citySimulator } from './sweep/data/city-draws.js';

const SIMULATORS: Readonly<Record<string, (of: unknown) => Simulator>> = {
  [MOTION_WINDOWS]: (draws) => windowSimulator(draws as WindowDraws),
  [STREET_WINDOWS]: (draws) => streetSimulator(draws as StreetDraws),
  [CITY_SWEEPS]: (draws) => citySimulator(draws as CityDraws),
};

export function isDrawnData({ kind }: Simulation): boolean {
  return Object.hasOwn(SIMULATORS, kind);
}

/** @param simulation one of `isDrawnData`. */
export function dataSimulatorOf({ kind, study }: Simulation): Simulator {
  return SIMULATORS[kind]!(study);
}
