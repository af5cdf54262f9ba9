/** How a radio's samples are written: I and Q in turns. */
import { BeamloopError } from '../core/errors.js';

export interface SampleFormat {
  readonly name: string;
  /** Of one complex sample. */
  readonly bytes: number;
  /** Adds nothing up and keeps nothing: `count` samples from byte `offset` on, as fractions of full scale. Returns how many clip. */
  read(
    bytes: DataView,
    offset: number,
    count: number,
    re: Float32Array,
    im: Float32Array,
    at: number,
  ): number;
  /** The reverse, clipping; returns how many clip. */
  write(re: Float32Array, im: Float32Array, from: number, count: number, out: DataView): number;
}

function integer(
  name: string,
  bytesPerPart: number,
  get: (bytes: DataView, at: number) => number,
  put: (bytes: DataView, at: number, value: number) => void,
  { scale, offset = 0 }: { readonly scale: number; readonly offset?: number },
): SampleFormat {
  // The codes of full scale, on either side.
  const high = Math.round(scale - 1 + offset);
  const low = Math.round(offset === 0 ? -scale : 0);
  const size = 2 * bytesPerPart;
  return {
    name,
    bytes: size,
    read(bytes, start, count, re, im, at) {
      let clipped = 0;
      for (let k = 0; k < count; k++) {
        const i = get(bytes, start + k * size);
        const q = get(bytes, start + k * size + bytesPerPart);
        if (i >= high || i <= low || q >= high || q <= low) clipped++;
        re[at + k] = (i - offset) / scale;
        im[at + k] = (q - offset) / scale;
      }
      return clipped;
    },
    write(re, im, from, count, out) {
      let clipped = 0;
      const code = (value: number) => Math.max(low, Math.min(high, Math.round(value * scale + offset)));
      for (let k = 0; k < count; k++) {
        const i = code(re[from + k]!);
        const q = code(im[from + k]!);
        if (i >= high || i <= low || q >= high || q <= low) clipped++;
        put(out, k * size, i);
        put(out, k * size + bytesPerPart, q);
      }
      return clipped;
    },
  };
}

const FORMATS: readonly SampleFormat[] = [
  integer(
    'cu8',
    1,
    (b, at) => b.getUint8(at),
    (b, at, value) => b.setUint8(at, value),
    { scale: 127.5, offset: 127.5 },
  ),
  integer(
    'cs8',
    1,
    (b, at) => b.getInt8(at),
    (b, at, value) => b.setInt8(at, value),
    { scale: 128 },
  ),
  integer(
    'cs16',
    2,
    (b, at) => b.getInt16(at, true),
    (b, at, value) => b.setInt16(at, value, true),
    { scale: 32768 },
  ),
  {
    name: 'cf32',
    bytes: 8,
    read(bytes, start, count, re, im, at) {
      let clipped = 0;
      for (let k = 0; k < count; k++) {
        const i = bytes.getFloat32(start + 8 * k, true);
        const q = bytes.getFloat32(start + 8 * k + 4, true);
        if (!(Math.abs(i) < 1e15 && Math.abs(q) < 1e15)) throw notFinite(i, q);
        if (Math.abs(i) >= 1 || Math.abs(q) >= 1) clipped++;
        re[at + k] = i;
        im[at + k] = q;
      }
      return clipped;
    },
    write(re, im, from, count, out) {
      let clipped = 0;
      for (let k = 0; k < count; k++) {
        if (Math.abs(re[from + k]!) >= 1 || Math.abs(im[from + k]!) >= 1) clipped++;
        out.setFloat32(8 * k, re[from + k]!, true);
        out.setFloat32(8 * k + 4, im[from + k]!, true);
      }
      return clipped;
    },
  },
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
    todo: 'Give the format in which the radio writes with --format',
  });
}
