import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contentHash } from '../../../firmware-protocol/content-hash.js';
import { packElementSettings, selectorBits } from '../../../firmware-protocol/element-settings.js';
import {
  CodewordExpander,
  type ExpandingBoard,
  type FocusParameters,
  type Geometry,
  type SplitParameters,
} from '../../../firmware-protocol/expansion.js';

interface Vector {
  readonly why: string;
  readonly board: {
    readonly numElements: number;
    readonly phaseBits: number;
    readonly delayBits: number;
    readonly amplitudeBits: number;
    readonly delayLsbFs: number;
    readonly delayRangeFs: number;
    readonly linesFs: readonly (readonly number[])[] | null;
  };
  readonly geometry: Omit<Geometry, 'mirrored'> & { readonly mirrored: number };
  readonly corrections: { readonly phase: number[]; readonly delay: number[] } | null;
  readonly message: 'LoadFoci' | 'LoadSplits';
  readonly entry: FocusParameters & SplitParameters;
  readonly packed: string;
  readonly hash: string;
}

const vectors: readonly Vector[] = JSON.parse(
  readFileSync(new URL('../../../firmware-protocol/vectors/expansions.json', import.meta.url), 'utf8'),
);

function expanderOf({ board, geometry }: Pick<Vector, 'board' | 'geometry'>): CodewordExpander {
  const { delayBits, delayLsbFs, delayRangeFs, linesFs } = board;
  const expanding: ExpandingBoard = {
    ...board,
    delayLsbS: delayLsbFs / 1e15,
    lastDelayCode: delayBits === 0 ? 0 : Math.min(2 ** delayBits - 1, Math.floor(delayRangeFs / delayLsbFs)),
    delayLinesS: linesFs?.map((line) => Float64Array.from(line, (fs) => fs / 1e15)) ?? null,
  };
  return new CodewordExpander({ ...geometry, mirrored: geometry.mirrored === 1 }, expanding);
}

describe('codewords from parameters', () => {
  it.each(vectors)('$message: $why', ({ board, geometry, corrections, message, entry, packed, hash }) => {
    const expander = expanderOf({ board, geometry });
    const taken = corrections && {
      phaseRad: Float64Array.from(corrections.phase),
      delayS: Float64Array.from(corrections.delay),
    };
    const codes = message === 'LoadFoci' ? expander.focus(entry, taken) : expander.split(entry, taken);
    const bytes = packElementSettings(codes!, {
      ...board,
      lineBits: selectorBits(board.linesFs?.length ?? 0),
    });
    expect(Buffer.from(bytes).toString('hex').toUpperCase()).toBe(packed.replaceAll(' ', ''));
    expect(`0x${contentHash(bytes).toUpperCase()}`).toBe(hash);
  });

  it('makes nothing of what is not finite, of a line that there is not, or of points on fixed lines', () => {
    const [plain, lined] = [vectors[0]!, vectors.find(({ board }) => board.linesFs !== null)!].map(
      expanderOf,
    );
    expect(plain!.focus({ kind: 1, a: 1e200, b: 0 }, null)).toBeNull();
    const still = { phaseSin: 0, phaseRing: 0, delaySin: 0, delayRing: 0, shift: 0 };
    expect(plain!.split({ ...still, line: 1 }, null)).toBeNull();
    expect(plain!.split({ ...still, line: 0, delaySin: 1.7e308 }, null)).toBeNull();
    expect(lined!.split({ ...still, line: 3 }, null)).toBeNull();
    const delaying = {
      numElements: 2,
      phaseBits: 6,
      delayBits: 6,
      amplitudeBits: 0,
      delayLsbFs: 1,
      delayRangeFs: 63,
      linesFs: null,
    };
    const middle = {
      ...vectors[0]!.geometry,
      arrayElements: 60_000,
      firstElement: 30_000,
      mirrored: 0,
      spacing: 100,
      speedOfLight: 3e8,
    };
    const inTheMiddle = expanderOf({ board: delaying, geometry: middle });
    // Of its own elements no delay overflows, of others it does; then the quotient of a delay and its step.
    expect(inTheMiddle.split({ ...still, line: 0, delaySin: 1e303 }, null)).toBeNull();
    expect(inTheMiddle.split({ ...still, line: 0, delaySin: 1e298 }, null)).toBeNull();
    expect(inTheMiddle.split({ ...still, line: 0, delaySin: 1e-9 }, null)).not.toBeNull();
    expect(lined!.focus({ kind: 0, a: 0, b: 0 }, null)).toBeNull();
  });
});
