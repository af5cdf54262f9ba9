/** A beam that is held can be watched, and stopped, like a run. */
import path from 'node:path';
import { BeamloopError } from '../../core/errors.js';
import { RunFeed } from '../../live/run-feed.js';
import { boardFacts, liveArray } from '../../live/show-run.js';
import { type CommandContext, warn } from '../command.js';
import type { Aim } from './aim.js';
import type { SteeredArray, SteeredBeam } from './beam.js';

/** The board tells its receipts with a slot of this length. */
const SLOT_S = 10e-3;

/**
 * Null where runs cannot be watched, which a warning says.
 *
 * @param target as it was typed: a port or a scenario.
 */
export async function showHeldBeams(
  context: CommandContext,
  target: string,
  { array, board }: SteeredArray,
  isEmulated: boolean,
  onStop: (error: BeamloopError) => void,
): Promise<RunFeed | null> {
  const hello = {
    command: 'steer' as const,
    name: path.basename(target),
    scheme: 'by hand',
    folder: null,
    time: 'real' as const,
    slotDurationS: SLOT_S,
    array: liveArray(array),
    board: { ...boardFacts(board.description), ports: [isEmulated ? 'emulated' : target], isEmulated },
    band: null,
    users: [],
  };
  try {
    return await RunFeed.open({ hello, board, onStop });
  } catch (error) {
    if (!(error instanceof BeamloopError) || error.code !== 'WATCH_REFUSED') throw error;
    warn(context, [`This beam cannot be watched. ${error.what}. ${error.todo}`]);
    return null;
  }
}

export function showBeam(
  feed: RunFeed,
  { distanceM, angleRad, elevationRad, name }: Aim,
  { receipt, phaseRad, delayS }: SteeredBeam,
): void {
  const { hash } = receipt;
  feed.keepSettings({
    hash,
    phaseRad: Float32Array.from(phaseRad),
    delayS: delayS && Float32Array.from(delayS),
    amplitude: null,
  });
  feed.tell({
    type: 'event',
    wallTimeMs: Date.now(),
    kind: 'steered',
    detail: { distanceM, angleRad, elevationRad, hash, boardTimeS: receipt.boardTimeS },
    text: `the beam points at ${name}`,
  });
}
