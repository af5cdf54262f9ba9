/** Which elements of an array each of several boards drives, and codewords cut to measure. */
import { runOfElements, type TileElements } from '../../../src/core/element-run.js';
import type { ArrayGeometry, BoardDescription, ElementErrors, ElementSettings } from '../../array-board.js';

/** What one board is told of settings of the whole array. */
export function settingsOfTile(settings: ElementSettings, elements: TileElements): ElementSettings {
  const of = (codes: Uint16Array | null) => codes && Uint16Array.from(elements, (element) => codes[element]!);
  return {
    phaseCode: of(settings.phaseCode)!,
    delayCode: of(settings.delayCode),
    amplitudeCode: of(settings.amplitudeCode),
    lineCode: of(settings.lineCode),
  };
}

export function errorsOfTile(errors: ElementErrors, elements: TileElements): ElementErrors {
  const { phaseErrorRad, delayErrorS } = errors;
  return {
    phaseErrorRad: Float64Array.from(elements, (element) => phaseErrorRad[element]!),
    delayErrorS: delayErrorS && Float64Array.from(elements, (element) => delayErrorS[element]!),
  };
}

/** Null where the board's elements are no neighbours in order: such a board cannot be told where they stand. SPEC 6.15. */
export function geometryOfTile(geometry: ArrayGeometry, elements: TileElements): ArrayGeometry | null {
  const count = elements.length;
  const firstElement = Math.min(elements[0]!, elements[count - 1]!);
  const mirrored = elements[0]! > firstElement;
  const run = runOfElements(firstElement, count, mirrored);
  return run.every((element, k) => element === elements[k]) ? { ...geometry, firstElement, mirrored } : null;
}

/** Fixed lines of the whole array, shape [numLines][numElements]; null where the boards have none. */
export function linesOfArray(
  boards: readonly Pick<BoardDescription, 'delayLinesS'>[],
  tiles: readonly TileElements[],
  numElements: number,
): readonly Float64Array[] | null {
  const [first] = boards;
  if (first?.delayLinesS == null) return null;
  return first.delayLinesS.map((_, line) => {
    const whole = new Float64Array(numElements);
    for (const [k, elements] of tiles.entries()) {
      const lineS = boards[k]!.delayLinesS![line]!;
      for (const [n, element] of elements.entries()) whole[element] = lineS[n]!;
    }
    return whole;
  });
}
