/** What the vectors program is told so that it expands one codeword. */
import { encodePayload } from '../../firmware-protocol/codec.js';
import { selectorBits } from '../../firmware-protocol/element-settings.js';
import type { FocusParameters, SplitParameters } from '../../firmware-protocol/expansion.js';
import { LoadFoci } from '../../firmware-protocol/messages/load-foci.js';
import { LoadSplits } from '../../firmware-protocol/messages/load-splits.js';
import { SetGeometry } from '../../firmware-protocol/messages/set-geometry.js';
import type { PayloadOf } from '../../firmware-protocol/registry.js';

/** As vectors/expansions.json has them. */
export interface ExpansionVector {
  readonly board: {
    readonly numElements: number;
    readonly phaseBits: number;
    readonly delayBits: number;
    readonly amplitudeBits: number;
    readonly delayLsbFs: number;
    readonly delayRangeFs: number;
    readonly linesFs: readonly (readonly number[])[] | null;
  };
  readonly geometry: PayloadOf<'SetGeometry'>;
  readonly corrections: { readonly phase: readonly number[]; readonly delay: readonly number[] } | null;
  readonly message: 'LoadFoci' | 'LoadSplits';
  readonly entry: FocusParameters | SplitParameters;
  readonly packed: string;
  readonly hash: string;
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex') || '-';

/** The last of them is answered with the codeword. */
export function expandLines(
  { board, geometry, corrections, message, entry }: Omit<ExpansionVector, 'packed' | 'hash'>,
  step: number,
): string[] {
  const { numElements, phaseBits, delayBits, amplitudeBits, delayLsbFs, delayRangeFs, linesFs } = board;
  const numLines = linesFs?.length ?? 0;
  const highest = 2 ** delayBits - 1;
  const lastCode = delayBits === 0 ? 0 : Math.min(highest, Math.floor(delayRangeFs / delayLsbFs));
  const told = { ...entry, index: 0, hash: 0n, corrected: corrections === null ? 0 : 1 };
  const payload =
    message === 'LoadFoci'
      ? encodePayload(LoadFoci, { entries: [told as PayloadOf<'LoadFoci'>['entries'][number]] })
      : encodePayload(LoadSplits, { entries: [told as PayloadOf<'LoadSplits'>['entries'][number]] });
  const type = message === 'LoadFoci' ? LoadFoci.type : LoadSplits.type;
  const bits = [phaseBits, delayBits, amplitudeBits, selectorBits(numLines)].join(' ');
  const errors = corrections === null ? [] : [...corrections.phase, ...corrections.delay];
  return [
    `board ${numElements} ${bits} ${delayLsbFs} ${lastCode} ${numLines}`,
    `lines ${hex(new Uint8Array(Uint32Array.from(linesFs?.flat() ?? []).buffer))}`,
    `corrections ${hex(new Uint8Array(Float64Array.from(errors).buffer))}`,
    `geometry ${hex(encodePayload(SetGeometry, geometry))}`,
    `expand ${type} ${step} ${hex(payload)}`,
  ];
}
