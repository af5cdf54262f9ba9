/** Asks a board for the delays of its fixed switched lines. SPEC 6.14. */
import { MAX_LINE_DELAYS } from '../../firmware-protocol/messages/read-lines.js';
import { BeamloopError } from '../../src/core/errors.js';
import type { OpenRequests } from './open-requests.js';

const FS_PER_S = 1e15;
/** Boards of 1.0 have no lines and do not know the question. */
const FIRST_MINOR_VERSION = 1;

/** Nominal delays, s, shape [numLines][numElements]; null without lines. Rejects as the requests do. */
export async function readLineTable(
  requests: OpenRequests,
  board: { readonly versionMinor: number; readonly numElements: number },
): Promise<readonly Float64Array[] | null> {
  if (board.versionMinor < FIRST_MINOR_VERSION) return null;
  const { numLines } = await requests.send('ReadLines', { line: 0, firstElement: 0, count: 0 });
  if (numLines === 0) return null;
  const lines = Array.from({ length: numLines }, () => new Float64Array(board.numElements));
  const answers: Promise<void>[] = [];
  for (const [line, delayS] of lines.entries()) {
    for (let firstElement = 0; firstElement < board.numElements; firstElement += MAX_LINE_DELAYS) {
      const count = Math.min(MAX_LINE_DELAYS, board.numElements - firstElement);
      answers.push(
        requests.send('ReadLines', { line, firstElement, count }).then(({ delays }) => {
          if (delays.length !== count) throw incomplete(line, delays.length, count);
          for (const [k, { delayFs }] of delays.entries()) delayS[firstElement + k] = delayFs / FS_PER_S;
        }),
      );
    }
  }
  await Promise.all(answers);
  return lines;
}

export function sameLines(a: readonly Float64Array[] | null, b: readonly Float64Array[] | null): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && a.every((line, k) => line.every((delay, n) => delay === b[k]![n]));
}

function incomplete(line: number, got: number, wanted: number): BeamloopError {
  return new BeamloopError('BOARD_FAULT', {
    what: `The board gave ${got} delays of its line ${line + 1} when asked for ${wanted}`,
    todo: 'Its firmware does not follow the protocol; please report it to its maker',
  });
}
