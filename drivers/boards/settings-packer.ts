/** Element settings into the bytes that a board keeps, after checking that it can set them. SPEC 4. */
import { contentHash } from '../../firmware-protocol/content-hash.js';
import { packElementSettings, packedLength } from '../../firmware-protocol/element-settings.js';
import { BeamloopError } from '../../src/core/errors.js';
import type { BoardDescription, ElementSettings, PackedCodeword } from '../array-board.js';

/** @throws BAD_ARGUMENT when a code is out of range; `where` names the board. */
export function packSettings(
  settings: ElementSettings,
  board: BoardDescription,
  where: string,
): PackedCodeword {
  const { numElements } = board;
  if (settings.phaseCode.length !== numElements) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `Settings of ${settings.phaseCode.length} elements for a board of ${numElements}`,
      where,
    });
  }
  try {
    const bytes = packElementSettings(settings, board);
    checkReach(settings, board);
    return { hash: contentHash(bytes), bytes };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new BeamloopError('BAD_ARGUMENT', { what: error.message, where, cause: error });
  }
}

/** Codes that fit their bits and still mean nothing: SPEC 6.2, status 11. */
function checkReach({ delayCode, lineCode }: ElementSettings, board: BoardDescription): void {
  const numLines = board.delayLinesS?.length ?? 0;
  const wrongLine = lineCode?.findIndex((line) => line >= numLines) ?? -1;
  if (wrongLine >= 0) {
    throw new RangeError(
      `line ${lineCode![wrongLine]} of element ${wrongLine} does not exist; the board has ${numLines}, from 0`,
    );
  }
  const lastCode = Math.floor(board.delayRangeS / board.delayLsbS + 1e-9);
  const tooLong = delayCode?.findIndex((code) => code > lastCode) ?? -1;
  if (tooLong >= 0) {
    throw new RangeError(
      `delay code ${delayCode![tooLong]} of element ${tooLong} goes beyond the board's range, which ends at ${lastCode}`,
    );
  }
}

/** Throws BAD_ARGUMENT when a codeword was packed for another board. */
export function requirePacked(
  codewords: readonly PackedCodeword[],
  board: BoardDescription,
  boardName: string,
): void {
  const length = packedLength(board.numElements, board);
  for (const { hash, bytes } of codewords) {
    if (bytes.length === length) continue;
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `Codeword ${hash} has ${bytes.length} bytes; this board's have ${length}`,
      where: boardName,
      todo: 'Pack it with the `pack` of the same board',
    });
  }
}
