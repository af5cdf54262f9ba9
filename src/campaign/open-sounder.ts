/** A sounder on a scenario's testbed, with the scenario's time limits. */
import { BoardBeams } from '../../calibration/board-beams.js';
import { LinearArray } from '../array/linear-array.js';
import { type Clock, monotonicClock } from '../core/clock.js';
import type { Recording } from '../record/recording.js';
import { type Preparation, plannerOptions } from '../scenario/plan.js';
import { Sounder } from '../slots/sounder.js';
import type { Testbed } from '../slots/testbed.js';
import type { TestbedRequest } from './open-testbed.js';

export interface SounderOptions {
  /** Of a board that is calibrated; without calibration unless given. */
  readonly beams?: BoardBeams;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
}

/** @param recording what it holds of a run that is resumed is not measured again. */
export async function openSounder(
  { scenario, array }: Preparation,
  testbed: Testbed,
  recording: Recording,
  { beams, clock = monotonicClock, signal = new AbortController().signal }: SounderOptions = {},
): Promise<Sounder> {
  const { board } = testbed;
  const { description } = board;
  const own = beams ?? new BoardBeams(description, array.carrierHz, null);
  // Boards compute codewords of linear arrays by themselves; those of planar ones are sent whole.
  if (array instanceof LinearArray) {
    const { numElements, carrierHz, speedOfLightMPerS } = array;
    const geometry = {
      arrayElements: numElements,
      firstElement: 0,
      mirrored: false,
      carrierHz,
      speedOfLightMPerS,
    };
    await board.describeArray(geometry, own.errors);
  }
  return Sounder.open({
    testbed,
    recording,
    beams: own,
    plan: plannerOptions(scenario, description),
    maxAttempts: scenario.slots.maxAttempts,
    ueTimeoutS: scenario.bridge.ueTimeout,
    powerTimeoutS: scenario.bridge.powerTimeout,
    clock,
    signal,
  });
}

/** What a testbed is opened with for a run that begins: the scenario's array and users, and nothing from before. */
export function freshRequest<E>(
  preparation: Omit<Preparation, 'scenario'> & { readonly scenario: TestbedRequest<E>['scenario'] },
  run: string,
  signal: AbortSignal = new AbortController().signal,
): TestbedRequest<E> {
  const { scenario, array, users } = preparation;
  return {
    ...{ scenario, array, users, run, signal },
    durable: new Map(),
    kept: new Map(),
    realtime: false,
    onEvent: () => {},
    onFailure: () => {},
  };
}
