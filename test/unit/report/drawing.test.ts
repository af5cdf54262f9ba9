import { crc32, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LinearArray, polarPointM } from '../../../src/array/linear-array.js';
import { DftCodebook } from '../../../src/codebook/dft.js';
import { DpcCodebook } from '../../../src/codebook/dpc.js';
import { PolarCodebook } from '../../../src/codebook/polar.js';
import { codewordWeights } from '../../../src/codebook/weights.js';
import { transposeProduct } from '../../../src/core/complex.js';
import {
  axisEnds,
  legendHeightPx,
  nameLines,
  roundTicks,
  tickText,
  withEnds,
} from '../../../src/report/drawing/axis.js';
import { beamPatternDb } from '../../../src/report/drawing/beam-pattern.js';
import { coloursOf } from '../../../src/report/drawing/colour.js';
import { colourMap } from '../../../src/report/drawing/colour-map.js';
import { heatImage } from '../../../src/report/drawing/heat-image.js';
import {
  bytes,
  count,
  degrees,
  fixed,
  frequency,
  metres,
  seconds,
  significant,
  typographic,
} from '../../../src/report/drawing/number-format.js';
import { BUILT_IN_SCHEMES } from '../../../src/training/schemes/list.js';

interface Png {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue of a pixel; row 0 at the top. */
  readonly pixel: (column: number, row: number) => number[];
}

/** Reads an indexed PNG without filters and checks its checksums. */
function readPng(dataUri: string): Png {
  const file = Buffer.from(dataUri.replace('data:image/png;base64,', ''), 'base64');
  expect([...file.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    expect(file.readUInt32BE(at + 8 + length)).toBe(crc32(file.subarray(at + 4, at + 8 + length)));
    chunks.set(type, file.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  expect([...chunks.keys()]).toEqual(['IHDR', 'PLTE', 'IDAT', 'IEND']);
  const header = chunks.get('IHDR')!;
  const width = header.readUInt32BE(0);
  const height = header.readUInt32BE(4);
  const rows = inflateSync(chunks.get('IDAT')!);
  expect(rows.length).toBe(height * (width + 1));
  const palette = chunks.get('PLTE')!;
  const pixel = (column: number, row: number) => {
    expect(rows[row * (width + 1)]).toBe(0);
    const entry = rows[row * (width + 1) + 1 + column]!;
    return [...palette.subarray(3 * entry, 3 * entry + 3)];
  };
  return { width, height, pixel };
}

describe('heat map pictures', () => {
  it('put row 0 at the bottom, low values dark, high values bright, and clip what is beyond the range', () => {
    const values = Float64Array.of(0, 10, 5, -99, 99, Number.NaN);
    const png = readPng(heatImage({ numColumns: 3, numRows: 2, values }, { low: 0, high: 10 }));
    expect([png.width, png.height]).toEqual([3, 2]);
    const lowest = [0x44, 0x01, 0x54];
    const highest = [0xfd, 0xe7, 0x25];
    expect(png.pixel(0, 1)).toEqual(lowest);
    expect(png.pixel(1, 1)).toEqual(highest);
    expect(png.pixel(0, 0)).toEqual(lowest);
    expect(png.pixel(1, 0)).toEqual(highest);
    // Nothing there: grey, which the colour map does not hold.
    expect(new Set(png.pixel(2, 0)).size).toBe(1);
  });

  it('get brighter from low to high all the way', () => {
    const luminance = colourMap(64).map(([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b);
    for (let k = 1; k < luminance.length; k++) expect(luminance[k]).toBeGreaterThan(luminance[k - 1]!);
  });
});

describe('beam patterns', () => {
  const array = new LinearArray({ numElements: 64, carrierHz: 100e9 });
  const polar = new PolarCodebook(array, { numRings: 4 });
  const codewords = {
    diverging: new DpcCodebook(array).codeword(2, 3)!,
    focusing: polar.codeword({ ring: 2, angleIndex: 40 }),
    'with elements off': new DftCodebook(array).codeword(3, 5),
  };
  const window = { angleRad: [-0.9, 1.1], distanceM: [0.3, 40] } as const;

  it.each(Object.entries(codewords))('agree with |b^T w|^2 / N: %s', (_name, codeword) => {
    const [numColumns, numRows] = [31, 9];
    const { values } = beamPatternDb(array, codeword, window, numColumns, numRows);
    const weights = codewordWeights(codeword, array.carrierHz);
    for (let row = 0; row < numRows; row++) {
      const distanceM = 0.3 * (40 / 0.3) ** ((row + 0.5) / numRows);
      for (let column = 0; column < numColumns; column++) {
        const angleRad = -0.9 + ((column + 0.5) / numColumns) * 2;
        const { re, im } = transposeProduct(array.steeringVector(polarPointM(distanceM, angleRad)), weights);
        const exact = (re * re + im * im) / 64;
        const drawn = 10 ** (values[row * numColumns + column]! / 10);
        // -75 dB of the largest possible gain: invisible.
        expect(Math.abs(Math.sqrt(drawn) - Math.sqrt(exact))).toBeLessThan(1e-4);
      }
    }
  });

  it('are 0 dB where a codeword of the whole array is focused, and less elsewhere', () => {
    const index = { ring: 2, angleIndex: 40 };
    const angleRad = polar.angleRad(40);
    const distanceM = polar.distanceM(index);
    const around = {
      angleRad: [angleRad - 0.3, angleRad + 0.3],
      distanceM: [distanceM / 3, distanceM * 3],
    } as const;
    const { values } = beamPatternDb(array, polar.codeword(index), around, 21, 21);
    expect(values[10 * 21 + 10]).toBeCloseTo(0, 3);
    expect(Math.max(...values)).toBe(values[10 * 21 + 10]);
  });
});

describe('colours', () => {
  it('are the same for a scheme in every figure, whatever it is drawn with', () => {
    const [dpc] = coloursOf(['dpc']);
    expect(coloursOf(['something', 'exhaustive', 'dpc'])[2]).toBe(dpc);
    expect(coloursOf(['dpc, 15 dB'])[0]).toBe(dpc);
  });

  it('are different for all schemes and for what is drawn beside them', () => {
    // Schemes of one subcarrier, of the whole band and of planar arrays never share a figure.
    const wideband = ['tdps', 'near-field-rainbow', 'far-field-rainbow', 'exhaustive-grid'];
    const planar = BUILT_IN_SCHEMES.flatMap(({ name, needs }) => (needs === 'planar array' ? [name] : []));
    const others = [...wideband, ...planar];
    const narrowband = BUILT_IN_SCHEMES.map(({ name }) => name).filter((name) => !others.includes(name));
    for (const names of [wideband, narrowband, planar]) {
      expect(names.length).toBeGreaterThan(1);
      expect(new Set(coloursOf(names)).size).toBe(names.length);
    }
    const mixed = coloursOf(['dpc', 'a', 'b', 'exhaustive', 'c']);
    expect(new Set(mixed).size).toBe(mixed.length);
  });
});

describe('numbers', () => {
  it('have sensible digits, a real minus sign and a unit', () => {
    expect(fixed(-2.345678, 2)).toBe('−2.35');
    expect(fixed(-0.001, 1)).toBe('0.0');
    expect(fixed(Number.POSITIVE_INFINITY, 1)).toBe('∞');
    expect(significant(0.0012345)).toBe('0.00123');
    expect(significant(-1.5e-7)).toBe('−1.50e−7');
    expect(count(1234567)).toBe('1\u202f234\u202f567');
    expect(metres(391.68)).toBe('391.7\u00a0m');
    expect(metres(Number.POSITIVE_INFINITY)).toBe('∞');
    expect(metres(null)).toBe('–');
    expect(degrees(-Math.PI / 6)).toBe('−30.00°');
    expect(seconds(125e-6)).toBe('125\u00a0µs');
    expect(seconds(0.0015)).toBe('1.5\u00a0ms');
    expect(bytes(131_000)).toBe('131\u00a0kB');
    expect(frequency(100e9)).toBe('100\u00a0GHz');
  });

  it('typography: minus signs, squares and transposes', () => {
    expect(typographic('angles -60 … 60 deg, v = (-D/2, 0)')).toBe('angles −60 … 60 deg, v = (−D/2, 0)');
    expect(typographic('1 - x^2, b^T w, near-field, 3-4')).toBe('1 − x², bᵀ w, near-field, 3-4');
  });

  it('ticks are round, in order, within the axis and not too many', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        fc.constantFrom(4, 9),
        (low, span, most) => {
          const ticks = roundTicks(low, low + span, 'linear', most);
          expect(ticks.length).toBeLessThanOrEqual(most + 1);
          expect(ticks.length).toBeGreaterThanOrEqual(1);
          for (const tick of ticks) expect(tick).toBeGreaterThanOrEqual(low - 1e-6 * span);
          for (const tick of ticks) expect(tick).toBeLessThanOrEqual(low + span * (1 + 1e-6));
          expect(ticks).toEqual([...ticks].sort((a, b) => a - b));
        },
      ),
    );
    expect(roundTicks(3.4, 408, 'log', 6)).toEqual([10, 30, 100, 300]);
  });
});

describe('texts of axes and legends', () => {
  it('ticks have the digits that they need', () => {
    expect([0.25, 1200, 2.12e-17].map(tickText)).toEqual(['0.25', '1200', expect.stringMatching(/^2\.12e/)]);
  });

  it('a name wider than a phone is broken between its words, and the legend makes room for it', () => {
    const long = 'Far-field hierarchical (refinementAngles=16, wideBeams=shaped)';
    const lines = nameLines(long);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.join(' ')).toBe(long);
    expect(nameLines('DPC hierarchical')).toEqual(['DPC hierarchical']);
    expect(legendHeightPx([long], 320)).toBeGreaterThan(legendHeightPx(['DPC hierarchical'], 320) + 10);
  });
});

describe('ends of an axis', () => {
  it('are 0 where they would be but for rounding', () => {
    const [low, high] = axisEnds([0.3, 2.12e-17, 1], 'linear');
    expect([low, high]).toEqual([0, 1]);
    expect(withEnds(roundTicks(low, high, 'linear', 5), low, high, 'linear')[0]).toBe(0);
    expect(axisEnds([-2, -6e-16], 'linear')).toEqual([-2, 0]);
  });
  it('stay what they are where a small number is meant', () => {
    expect(axisEnds([1e-12, 1], 'log')).toEqual([1e-12, 1]);
    expect(axisEnds([1e-15, 3e-15], 'linear')).toEqual([1e-15, 3e-15]);
  });
});
