/** How a radio's samples are written: I and Q in turns, little-endian. (So is every machine that beamloop runs on.) */
import { BeamloopError } from '../core/errors.js';

export interface SampleFormat {
  readonly name: string;
  /** Of one complex sample. */
  readonly bytes: number;
  /**
   * `count` samples from byte `offset` on, as fractions of full scale, into `re` and `im` from `at` on.
   *
   * @returns how many are at full scale.
   * @throws SAMPLES_INVALID for floats that are no numbers.
   */
  read(
    bytes: Uint8Array,
    offset: number,
    count: number,
    re: Float32Array,
    im: Float32Array,
    at: number,
  ): number;
  /**
   * As `read`, of samples whose lowest bit of I is no part of it but a marker, 0 or 1, which goes into `marks` from 0 on. I is then taken to be
   * in the middle of what its other bits leave open, so that the marker changes no power. Null of floats, which have no such bit.
   */
  readonly readMarked: ((...of: readonly [...Parameters<SampleFormat['read']>, Uint8Array]) => number) | null;
  /** The reverse, clipping; returns how many are at full scale. */
  write(re: Float32Array, im: Float32Array, from: number, count: number, out: Uint8Array): number;
}

/** Puts a marker into the lowest bit of I of sample `k`. The format has integers, little-endian: it is in the first byte of each. */
export function setMark(bytes: Uint8Array, { bytes: size }: SampleFormat, k: number, isHigh: boolean): void {
  bytes[k * size] = (bytes[k * size]! & 0xfe) | Number(isHigh);
}

type Codes = Uint8Array | Int8Array | Int16Array;
/** A view of so many numbers from a byte on. */
type View<A> = new (buffer: ArrayBufferLike, at: number, length: number) => A;

/** Numbers of an array of bytes; copied where they are not aligned. */
function numbersOf<A>(bytes: Uint8Array, offset: number, count: number, view: View<A>, size: number): A {
  const at = bytes.byteOffset + offset;
  if (at % size === 0) return new view(bytes.buffer, at, count);
  return new view(bytes.slice(offset, offset + size * count).buffer, 0, count);
}

function integer(
  name: string,
  size: number,
  view: View<Codes>,
  { scale, offset = 0 }: { readonly scale: number; readonly offset?: number },
): SampleFormat {
  // The codes of full scale, on either side.
  const high = Math.round(scale - 1 + offset);
  const low = Math.round(offset === 0 ? -scale : 0);
  const isClipped = (i: number, q: number) => i >= high || i <= low || q >= high || q <= low;
  return {
    name,
    bytes: 2 * size,
    read(bytes, start, count, re, im, at) {
      const codes = numbersOf(bytes, start, 2 * count, view, size);
      const unit = 1 / scale;
      let clipped = 0;
      for (let k = 0; k < count; k++) {
        const i = codes[2 * k]!;
        const q = codes[2 * k + 1]!;
        if (i >= high || i <= low || q >= high || q <= low) clipped++;
        re[at + k] = (i - offset) * unit;
        im[at + k] = (q - offset) * unit;
      }
      return clipped;
    },
    readMarked(bytes, start, count, re, im, at, marks) {
      const codes = numbersOf(bytes, start, 2 * count, view, size);
      const unit = 1 / scale;
      let clipped = 0;
      for (let k = 0; k < count; k++) {
        const even = codes[2 * k]! & ~1;
        const q = codes[2 * k + 1]!;
        if (even + 1 >= high || even <= low || q >= high || q <= low) clipped++;
        marks[k] = codes[2 * k]! & 1;
        re[at + k] = (even + 0.5 - offset) * unit;
        im[at + k] = (q - offset) * unit;
      }
      return clipped;
    },
    write(re, im, from, count, out) {
      const codes = numbersOf(out, 0, 2 * count, view, size);
      let clipped = 0;
      const code = (value: number) => Math.max(low, Math.min(high, Math.round(value * scale + offset)));
      for (let k = 0; k < count; k++) {
        const i = code(re[from + k]!);
        const q = code(im[from + k]!);
        if (isClipped(i, q)) clipped++;
        codes[2 * k] = i;
        codes[2 * k + 1] = q;
      }
      return clipped;
    },
  };
}

const FLOAT: SampleFormat = {
  name: 'cf32',
  bytes: 8,
  read(bytes, start, count, re, im, at) {
    const parts = numbersOf(bytes, start, 2 * count, Float32Array, 4);
    let clipped = 0;
    for (let k = 0; k < count; k++) {
      const i = parts[2 * k]!;
      const q = parts[2 * k + 1]!;
      const size = Math.max(Math.abs(i), Math.abs(q));
      if (!(size < MOST_FLOAT)) throw notFinite(i, q);
      if (size >= 1) clipped++;
      re[at + k] = i;
      im[at + k] = q;
    }
    return clipped;
  },
  readMarked: null,
  write(re, im, from, count, out) {
    const parts = numbersOf(out, 0, 2 * count, Float32Array, 4);
    let clipped = 0;
    for (let k = 0; k < count; k++) {
      const [i, q] = [re[from + k]!, im[from + k]!];
      if (Math.max(Math.abs(i), Math.abs(q)) >= 1) clipped++;
      parts[2 * k] = i;
      parts[2 * k + 1] = q;
    }
    return clipped;
  },
};

/** What is larger was no float: its square would be too large for one. */
const MOST_FLOAT = 1e15;

const FORMATS: readonly SampleFormat[] = [
  integer('cu8', 1, Uint8Array, { scale: 127.5, offset: 127.5 }),
  integer('cs8', 1, Int8Array, { scale: 128 }),
  integer('cs16', 2, Int16Array, { scale: 32768 }),
  FLOAT,
];

export const FORMAT_NAMES: readonly string[] = FORMATS.map(({ name }) => name);

/** @throws BAD_ARGUMENT for a name that is none of FORMAT_NAMES. */
export function sampleFormat(name: string, where = '--format'): SampleFormat {
  const format = FORMATS.find((each) => each.name === name);
  if (format !== undefined) return format;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `There is no sample format '${name}'`,
    where,
    todo: 'Choose cu8 (rtl_sdr), cs8 (hackrf_transfer), cs16 (UHD, rx_sdr -F CS16) or cf32 (GNU Radio); all are little-endian, I before Q',
  });
}

function notFinite(i: number, q: number): BeamloopError {
  return new BeamloopError('SAMPLES_INVALID', {
    what: `A sample is ${i} + ${q}j: these are no samples of 32-bit floats`,
    where: '--format',
    todo: 'Say in which format the radio writes',
  });
}
