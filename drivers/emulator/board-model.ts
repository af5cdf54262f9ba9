import { type ElementFormat, selectorBits } from '../../firmware-protocol/element-settings.js';
import { MAX_PAYLOAD_LENGTH } from '../../firmware-protocol/frame.js';

/** What an emulated board is: everything that a real one has soldered in. */
export interface BoardModel {
  readonly model: string;
  readonly serialNumber: string;
  readonly firmware: string;
  readonly numElements: number;
  readonly phaseBits: number;
  /** 0 = no true time delay. */
  readonly delayBits: number;
  /** Seconds per delay code. */
  readonly delayLsbS: number;
  /** Largest adjustable delay, s; null: that of the highest code. */
  readonly delayRangeS: number | null;
  /** Nominal delays of the fixed switched lines, s, shape [numLines][numElements]; null without lines. */
  readonly delayLinesS: readonly Float64Array[] | null;
  /** 0 = none, 1 = on/off. */
  readonly amplitudeBits: number;
  /** Whether it takes codewords as parameters, too. */
  readonly expands: boolean;
  /** Codewords that the memory holds. */
  readonly memoryDepth: number;
  /** Slots that can be queued ahead. */
  readonly queueDepth: number;
  /** Time from latch to settled beam, s. */
  readonly switchTimeS: number;
  readonly clockRateHz: number;
  /** Longest payload that it takes, bytes. */
  readonly maxPayload: number;
  readonly baud: number;
  readonly temperatureC: number;
  readonly supplyV: number;
}

/** Bits per element of each control. */
export function elementFormat({
  phaseBits,
  delayBits,
  amplitudeBits,
  delayLinesS,
}: BoardModel): ElementFormat {
  return { phaseBits, delayBits, amplitudeBits, lineBits: selectorBits(delayLinesS?.length ?? 0) };
}

/** Highest delay code within the range; 0 without delay bits. SPEC 4.4. */
export function lastDelayCode({ delayBits, delayLsbS, delayRangeS }: BoardModel): number {
  const highest = 2 ** delayBits - 1;
  if (delayBits === 0 || delayRangeS === null) return highest;
  return Math.min(highest, Math.floor(Math.round(delayRangeS * FS_PER_S) / Math.round(delayLsbS * FS_PER_S)));
}

/** The model with all delays in whole femtoseconds, as the board tells them; null range: that of the highest code. */
export function wholeFemtoseconds(model: BoardModel): BoardModel & { readonly delayRangeS: number } {
  const { delayBits, delayRangeS } = model;
  const delayLsbFs = delayBits === 0 ? 0 : Math.round(model.delayLsbS * FS_PER_S);
  const highestFs = delayLsbFs * (2 ** delayBits - 1);
  const delayRangeFs =
    delayBits === 0 || delayRangeS === null ? highestFs : Math.round(delayRangeS * FS_PER_S);
  return {
    ...model,
    delayLsbS: delayLsbFs / FS_PER_S,
    delayRangeS: delayRangeFs / FS_PER_S,
    delayLinesS:
      model.delayLinesS?.map((line) => line.map((delay) => Math.round(delay * FS_PER_S) / FS_PER_S)) ?? null,
  };
}

const FS_PER_S = 1e15;

export const DEFAULT_BOARD: BoardModel = {
  model: 'beamloop emulated array',
  serialNumber: 'EMU-0001',
  firmware: 'emulator 1.0',
  numElements: 512,
  phaseBits: 6,
  delayBits: 0,
  delayLsbS: 0,
  delayRangeS: null,
  delayLinesS: null,
  amplitudeBits: 1,
  expands: true,
  memoryDepth: 1024,
  queueDepth: 1024,
  switchTimeS: 1e-6,
  clockRateHz: 100e6,
  maxPayload: MAX_PAYLOAD_LENGTH,
  baud: 3_000_000,
  temperatureC: 41.5,
  supplyV: 5,
};
