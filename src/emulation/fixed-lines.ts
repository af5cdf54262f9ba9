/** The fixed switched lines of an emulated board: listed, or made for the pilots of the scenario's own scheme. */
import { z } from 'zod';
import { MAX_LINES } from '../../firmware-protocol/messages/read-lines.js';
import type { AntennaArray } from '../array/antenna-array.js';
import { LinearArray } from '../array/linear-array.js';
import { BeamloopError } from '../core/errors.js';
import { list, quantity } from '../core/settings-quantity.js';
import { distinctLines } from '../realisation/delay-lines.js';
import { splitOf, splitSchemes } from '../training/registry.js';
import type { SchemeChoice } from '../training/scheme-definition.js';
import type { WidebandSetting } from '../training/scheme-factory.js';

/** What a board can tell of a delay: 32 bits of femtoseconds. */
const LONGEST_S = (2 ** 32 - 1) / 1e15;

const MAX_LINES_OF_ELEMENTS = 65_536;

const delay = quantity('s', 'or the unit once for a line: { unit: ns, values: [0, 1] }').pipe(
  z.number('must be finite').min(0, 'must not be negative').max(LONGEST_S, 'must be at most 4.29 us'),
);

const fromScheme = z.strictObject({
  from: z.literal('scheme'),
  /** A line of no delay besides, for serving beams; it comes first. */
  direct: z.boolean().default(true),
});

/** Schema of `lines`: `scheme`, `{ from: scheme, direct: false }`, or the delays of every line, element by element. */
export const linesSchema = z.union([
  z.literal('scheme').transform(() => fromScheme.parse({ from: 'scheme' })),
  fromScheme,
  z.strictObject({ delays: z.array(list(delay)).min(1).max(MAX_LINES) }),
]);

export type LinesSetting = z.output<typeof linesSchema>;

/** What the lines are made for. */
export interface LinesPurpose {
  readonly array: AntennaArray;
  readonly scheme: SchemeChoice;
  readonly wideband: WidebandSetting | null;
}

/**
 * Delays of the lines, s, shape [numLines][numElements]; null without lines.
 *
 * @param purpose null where a board stands alone.
 * @throws SCENARIO_INVALID when the lines do not fit the array, are too many, or the scheme has no pilots with delays.
 */
export function lineTable(
  setting: LinesSetting | undefined,
  numElements: number,
  purpose: LinesPurpose | null,
): readonly Float64Array[] | null {
  if (setting === undefined) return null;
  if ('from' in setting) {
    const direct = setting.direct ? [new Float64Array(numElements)] : [];
    return requireRoom(distinctLines([...direct, ...pilotDelays(purpose)]));
  }
  if (purpose !== null) requireFew(setting.delays.length, numElements);
  const wrong = setting.delays.findIndex((line) => line.length !== numElements);
  if (wrong < 0) return setting.delays.map((line) => Float64Array.from(line));
  throw invalid(
    `Line ${wrong + 1} has ${setting.delays[wrong]!.length} delays and the board ${numElements} elements`,
    'Give one delay per element',
  );
}

function pilotDelays(purpose: LinesPurpose | null): Float64Array[] {
  if (purpose === null) {
    throw invalid(
      'A board by itself has no scheme that its lines could be made for',
      'List them: lines: { delays: [[…], […]] }',
    );
  }
  const { array, scheme, wideband } = purpose;
  const split = splitOf(scheme);
  if (split === null || wideband === null || !(array instanceof LinearArray)) {
    throw invalid(
      `The pilots of ${scheme.name} have no delays that lines could be made for`,
      `Use ${splitSchemes('or')}, or list the delays`,
    );
  }
  const lines = split.codebook(array, wideband).pilots.map(({ codeword }) => codeword.delayS!);
  const longestS = Math.max(...lines.map((line) => line.reduce((a, b) => Math.max(a, b))));
  if (longestS <= LONGEST_S) return lines;
  throw invalid(
    `A pilot of ${scheme.name} needs a delay of ${(longestS * 1e6).toFixed(2)} us; lines have at most 4.29 us`,
    'Use a smaller array or a wider band',
  );
}

function requireRoom(lines: readonly Float64Array[]): readonly Float64Array[] {
  if (lines.length <= MAX_LINES) {
    requireFew(lines.length, lines[0]!.length);
    return lines;
  }
  throw invalid(
    `The pilots of the scheme ask for ${lines.length} fixed lines; a board can tell of ${MAX_LINES}`,
    'Use fewer pilots, or adjustable delays (delayBits, delayLsb) in place of lines',
  );
}

/** Choosing among all lines for all elements, beam by beam, takes longer than a plan may. */
function requireFew(numLines: number, numElements: number): void {
  if (numLines * numElements <= MAX_LINES_OF_ELEMENTS) return;
  throw invalid(
    `${numLines} fixed lines of ${numElements} elements are ${numLines * numElements} delays; at most ${MAX_LINES_OF_ELEMENTS} can be planned`,
    'Use fewer pilots or elements, or adjustable delays (delayBits, delayLsb) in place of lines',
  );
}

function invalid(what: string, todo: string): BeamloopError {
  return new BeamloopError('SCENARIO_INVALID', { what, where: 'board.emulated.lines', todo });
}
