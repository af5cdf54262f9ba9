/** Has cities drawn by an executor, a city a job. */
import { allOf, type Executor, type JobOptions, type Simulator } from '../../../fan-out/executor.js';
import { jobsOf } from '../../../fan-out/user-job.js';
import type { SweepSetting } from '../sweep-setting.js';
import { drawCitySweep } from './city-sweep.js';
import type { SweepSet } from './sweep-set.js';

/** As workers find what draws them. */
export const CITY_SWEEPS = 'city-sweeps';

/** All that sweeps depend on. Plain data. */
export interface CityDraws {
  readonly setting: SweepSetting;
  /** Seeds, of each place of a job. */
  readonly cities: readonly number[];
}

export function citySimulator({ setting, cities }: CityDraws): Simulator {
  return { run: ({ placeIndex }): SweepSet => drawCitySweep(setting, cities[placeIndex]!) };
}

/**
 * @returns a set for each city.
 * @throws what the executor throws; the signal's reason.
 */
export function drawCities(draws: CityDraws, executor: Executor, options: JobOptions): Promise<SweepSet[]> {
  const simulation = { kind: CITY_SWEEPS, study: draws, traced: false };
  const jobs = jobsOf(
    draws.cities.map(() => 1),
    1,
  );
  return allOf(executor.runJobs<SweepSet>(simulation, jobs, options));
}
