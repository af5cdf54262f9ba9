/** Has windows of the drawn street drawn by an executor. Each is drawn by itself: who draws it changes nothing. */
import type { Executor, JobOptions, Simulator } from '../../../fan-out/executor.js';
import { jobsOf, type UserJob } from '../../../fan-out/user-job.js';
import { drawStreetWindows, emptyStreet, type StreetPurpose, type StreetSetting } from './street-windows.js';
import { NUM_FRAMES, NUM_SLOTS, type WindowSet } from './window-set.js';

/** As workers find what draws them. */
export const STREET_WINDOWS = 'street-windows';

/** All that windows depend on. Plain data. */
export interface StreetDraws {
  readonly setting: StreetSetting;
  /** Of each place of a job. */
  readonly purposes: readonly StreetPurpose[];
}

/** Some windows as plain data. */
interface DrawnWindows extends Pick<WindowSet, 'past' | 'future'> {
  /** Of all windows, oldest first, as bits. */
  readonly masks: Uint8Array;
}

/** A job's place is a purpose, its users are windows. */
export function streetSimulator({ setting, purposes }: StreetDraws): Simulator {
  return {
    run({ placeIndex, firstUser, numUsers }: UserJob): DrawnWindows {
      const { past, future, masks } = drawStreetWindows({
        ...{ ...setting, purpose: purposes[placeIndex]!, firstWindow: firstUser - 1, numWindows: numUsers },
      });
      return { past, future, masks: masks.bits() };
    },
  };
}

const WINDOWS_PER_JOB = 20;

/**
 * @param numWindows of each purpose.
 * @returns a set for each purpose.
 * @throws what the executor throws; the signal's reason.
 */
export async function drawStreetSets(
  draws: StreetDraws,
  numWindows: readonly number[],
  executor: Executor,
  options: JobOptions,
): Promise<WindowSet[]> {
  const sets = numWindows.map((count) => emptyStreet(draws.setting, count));
  const jobs = jobsOf(numWindows, WINDOWS_PER_JOB);
  const simulation = { kind: STREET_WINDOWS, study: draws, traced: false };
  let index = 0;
  for await (const part of executor.runJobs<DrawnWindows>(simulation, jobs, options)) {
    const { placeIndex, firstUser } = jobs.at(index++)!;
    const { past, future, masks } = sets[placeIndex]!;
    past.set(part.past, (firstUser - 1) * NUM_FRAMES);
    future.set(part.future, (firstUser - 1) * NUM_SLOTS);
    masks.addBits(part.masks);
  }
  return sets;
}
