import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Band } from '../../../src/array/band.js';
import { LinearArray } from '../../../src/array/linear-array.js';
import type { Codeword } from '../../../src/codebook/codeword.js';
import { servingCodeword } from '../../../src/codebook/serving.js';
import { describeTdPs, tdPsCodebook } from '../../../src/codebook/tdps.js';
import { BeamloopError } from '../../../src/core/errors.js';
import type { BoardControls } from '../../../src/realisation/board-controls.js';
import { realiseDelays } from '../../../src/realisation/delay-codes.js';
import { quantise } from '../../../src/realisation/quantise.js';
import { realisabilityOf, requireRealisable } from '../../../src/realisation/realisability.js';
import { realisedCodeword } from '../../../src/realisation/realised.js';

/** The evaluation of the paper on distance-dependent beam split. */
const carrierHz = 30e9;
const bandwidthHz = 5e9;
const array = new LinearArray({ numElements: 256, carrierHz, speedOfLightMPerS: 3e8 });
const band = new Band({ carrierHz, bandwidthHz, numSubcarriers: 1024 });
const design = describeTdPs(array, band, {
  delaySinAngle: 349 / 11,
  delayRingPerM: -427 / 800,
  phaseSinAngle: -30,
  phaseRingPerM: 1859 / 3200,
});
const pilots = tdPsCodebook(array, band, design, 3).pilots.map(({ codeword }) => codeword);
const rangeS = Math.max(...pilots.flatMap(({ delayS }) => [...delayS!]));
/** Every sixteenth subcarrier and the last: the ends of the band and 64 between them. */
const frequenciesHz = [...band.frequenciesHz.filter((_, m) => m % 16 === 0), band.frequenciesHz[1023]!];

/** As delays arrive from a board: whole femtoseconds. */
const nominal = (delayS: Float64Array) => delayS.map((delay) => Math.round(delay * 1e15) / 1e15);

const lineBoard: BoardControls = {
  model: 'lines',
  numElements: 256,
  phaseBits: 6,
  delayBits: 0,
  delayLsbS: 0,
  delayRangeS: 0,
  amplitudeBits: 0,
  lineBits: 2,
  delayLinesS: [new Float64Array(256), ...pilots.map(({ delayS }) => nominal(delayS!))],
};
const adjustable = (delayBits: number, phaseBits = 6): BoardControls => ({
  ...lineBoard,
  model: 'adjustable',
  phaseBits,
  delayBits,
  delayLsbS: rangeS / (2 ** delayBits - 1),
  delayRangeS: rangeS,
  lineBits: 0,
  delayLinesS: null,
});

/** Loss of a uniform rounding error of one step `turns` wide, dB. */
function sincLossDb(turns: number): number {
  return -20 * Math.log10(Math.abs(Math.sin(Math.PI * turns) / (Math.PI * turns)));
}

describe('fixed lines made for the pilots', () => {
  it('realises them to the accuracy of the phases', () => {
    const { pilots: rows, summary } = realisabilityOf(pilots, lineBoard, carrierHz, frequenciesHz);
    for (const row of rows) {
      expect(row.delayErrorMaxS).toBeLessThan(1e-15);
      expect(row.clippedDelays).toBe(0);
      expect(row.phaseErrorMaxRad).toBeLessThan(Math.PI / 64 + 1e-9);
      // Uniform phase error within half a step of 6 bits.
      expect(Math.abs(row.gainLossDb - sincLossDb(1 / 64))).toBeLessThan(0.002);
      expect(row.fallsApart).toBe(false);
    }
    expect(summary[0]).toBe('board: phase 6 bits; 4 fixed lines');
    expect(summary).toHaveLength(3 + 3);
  });

  it('chooses for every pilot its own line, whatever delay is common to all elements', () => {
    for (const [k, pilot] of pilots.entries()) {
      for (const shiftS of [0, 3.7e-9, -40e-9]) {
        const shifted = { ...pilot, delayS: pilot.delayS!.map((delay) => delay + shiftS) };
        const { settings, report } = quantise(shifted, lineBoard, carrierHz);
        expect(new Set(settings.lineCode)).toEqual(new Set([k + 1]));
        expect(settings.delayCode).toBeNull();
        expect(report.delayErrorMaxS).toBeLessThan(1e-15);
      }
      const { settings } = quantise(pilot, lineBoard, carrierHz);
      const { delayS, amplitude, phaseRad } = realisedCodeword(settings, lineBoard);
      expect(delayS).toEqual(lineBoard.delayLinesS![k + 1]);
      expect(amplitude).toBeNull();
      for (let n = 0; n < 256; n += 15) {
        const off = (phaseRad[n]! - pilot.phaseRad[n]!) / (2 * Math.PI);
        expect(Math.abs(off - Math.round(off))).toBeLessThan(0.5 / 64 + 1e-4);
      }
    }
  });

  it('serves from the line of no delay with an adjustable part beside it', () => {
    const serving = servingCodeword(array, { sinAngle: -0.7, ringPerM: 0.08 });
    const board = { ...lineBoard, delayBits: 8, delayLsbS: 16e-12, delayRangeS: 255 * 16e-12 };
    const { settings, report } = quantise(serving, board, carrierHz, { frequenciesHz });
    expect(new Set(settings.lineCode)).toEqual(new Set([0]));
    expect(report.clippedDelays).toBe(0);
    expect(report.delayNeededS).toBeCloseTo(report.delaySpanS, 18);
    expect(report.gainLossDb).toBeLessThan(0.05);
    // The pilots still find their lines.
    const pilot = quantise(pilots[1]!, board, carrierHz, { frequenciesHz });
    expect(new Set(pilot.settings.lineCode)).toEqual(new Set([2]));
    expect(new Set(pilot.settings.delayCode)).toEqual(new Set([0]));
  });

  it('takes per element what is nearest where no line serves all', () => {
    // Half of the elements of one pilot, half of another: no line of the board, but every element has its delay.
    const [first, second] = pilots;
    const mixed = {
      ...first!,
      delayS: first!.delayS!.map((delay, n) => (n < 160 ? delay : second!.delayS![n]!)),
    };
    const { settings, report } = quantise(mixed, lineBoard, carrierHz);
    const lines = Array.from(settings.lineCode!);
    expect(lines.filter((line, n) => line !== (n < 160 ? 1 : 2))).toEqual([]);
    expect(report.delayErrorMaxS).toBeLessThan(1e-15);
  });
});

describe('any board with lines', () => {
  const numElements = 12;
  const delays = fc.array(fc.integer({ min: 0, max: 200_000 }), {
    minLength: numElements,
    maxLength: numElements,
  });

  it('realises exactly what is one of its lines plus whole steps, whatever delay is common to all elements', () => {
    fc.assert(
      fc.property(
        fc.array(delays, { minLength: 1, maxLength: 5 }),
        fc.nat(),
        fc.array(fc.integer({ min: 0, max: 15 }), { minLength: numElements, maxLength: numElements }),
        fc.integer({ min: -300_000, max: 300_000 }),
        fc.integer({ min: 0, max: 4 }),
        (linesPs, pick, steps, commonPs, delayBits) => {
          const stepPs = 40;
          const last = 2 ** delayBits - 1;
          const line = linesPs[pick % linesPs.length]!;
          const codes = steps.map((step) => Math.min(step, last));
          const board: BoardControls = {
            ...lineBoard,
            numElements,
            phaseBits: 12,
            delayBits,
            delayLsbS: stepPs * 1e-12,
            delayRangeS: last * stepPs * 1e-12,
            lineBits: Math.ceil(Math.log2(linesPs.length)),
            delayLinesS: linesPs.map((each) => Float64Array.from(each, (ps) => ps * 1e-12)),
          };
          const word: Codeword = {
            ...pilots[0]!,
            phaseRad: new Float64Array(numElements),
            delayS: Float64Array.from(line, (ps, n) => (ps + codes[n]! * stepPs + commonPs) * 1e-12),
          };
          const { report } = quantise(word, board, carrierHz, { frequenciesHz: [27.5e9, 32.5e9] });
          expect(report.clippedDelays).toBe(0);
          expect(report.gainLossDb).toBeLessThan(1e-4);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('ends where neither another line of an element nor another shift leaves less', () => {
    fc.assert(
      fc.property(fc.array(delays, { minLength: 2, maxLength: 40 }), delays, (linesPs, wantedPs) => {
        const board: BoardControls = {
          ...lineBoard,
          numElements,
          lineBits: Math.ceil(Math.log2(linesPs.length)),
          delayLinesS: linesPs.map((each) => Float64Array.from(each, (ps) => ps * 1e-12)),
        };
        const { lineCode, realisedS, shiftS } = realiseDelays(
          Float64Array.from(wantedPs, (ps) => ps * 1e-12),
          board,
          0,
        );
        const missing = wantedPs.map((ps, n) => ps * 1e-12 + shiftS - realisedS![n]!);
        // Every element has its nearest line, and a common shift by the mean of what is missing leaves nothing to gain.
        for (const [n, ps] of wantedPs.entries()) {
          const nearest = Math.min(
            ...linesPs.map((line) => Math.abs(ps * 1e-12 + shiftS - line[n]! * 1e-12)),
          );
          expect(Math.abs(missing[n]!)).toBeLessThan(nearest + 1.01e-14);
          expect(lineCode![n]).toBeLessThan(linesPs.length);
        }
        const mean = missing.reduce((sum, each) => sum + each, 0) / numElements;
        expect(Math.abs(mean)).toBeLessThan(1e-15);
        // No worse than any line taken by all elements.
        const squares = missing.reduce((sum, each) => sum + each ** 2, 0);
        for (const line of linesPs) {
          const rest = wantedPs.map((ps, n) => (ps - line[n]!) * 1e-12);
          const centre = rest.reduce((sum, each) => sum + each, 0) / numElements;
          const alone = rest.reduce((sum, each) => sum + (each - centre) ** 2, 0);
          expect(squares).toBeLessThan(alone * (1 + 1e-9) + 1e-26);
        }
      }),
      { numRuns: 300 },
    );
  });
});

it('many lines are looked at in proportion to their number, not to its square', () => {
  const serving = servingCodeword(array, { sinAngle: -0.7, ringPerM: 0.08 });
  const looksAt = (numPilots: number) => {
    let looks = 0;
    const watched = (line: Float64Array) =>
      new Proxy(line, {
        get(target, key) {
          looks++;
          return Reflect.get(target, key, target) as unknown;
        },
      });
    const made = tdPsCodebook(array, band, design, numPilots).pilots.map(({ codeword }) => codeword.delayS!);
    const delayLinesS = [new Float64Array(256), ...made].map(watched);
    const lineBits = Math.ceil(Math.log2(numPilots + 1));
    realiseDelays(serving.delayS, { ...lineBoard, lineBits, delayLinesS }, 0.5 / carrierHz);
    return looks;
  };
  // Eight times as many lines; trying all pairs of them would take 64 times as many looks.
  expect(looksAt(200) / looksAt(25)).toBeLessThan(16);
});

describe('delays rounded over the whole range', () => {
  it('destroys the beams at 8 bits, with the phases as they are or not', () => {
    const plain = realisabilityOf(pilots, adjustable(8), carrierHz, frequenciesHz, {
      carrierIntoPhase: false,
    });
    for (const row of plain.pilots) {
      expect(row.fallsApart).toBe(true);
      expect(row.meanGainLossDb).toBeGreaterThan(15);
      expect(row.delayNeededS).toBeGreaterThan(125e-9);
      expect(row.clippedDelays).toBe(0);
    }
    expect(plain.summary).toContain('3 pilots of 3 fall apart over the band');
    const moved = realisabilityOf(pilots, adjustable(8), carrierHz, frequenciesHz);
    for (const [k, row] of moved.pilots.entries()) {
      expect(row.fallsApart).toBe(true);
      expect(row.meanGainLossDb).toBeLessThan(plain.pilots[k]!.meanGainLossDb - 10);
    }
  });

  it('allows steps 2 f_H / B times as long once phases take up the carrier part', () => {
    const highestHz = carrierHz + bandwidthHz / 2;
    const relaxed = (2 * highestHz) / bandwidthHz;
    expect(relaxed).toBe(13);
    const board = (delayLsbS: number): BoardControls => ({
      ...adjustable(16, 12),
      delayLsbS,
      delayRangeS: 2 * rangeS,
    });
    const meanDb = (delayLsbS: number, carrierIntoPhase: boolean) => {
      const { pilots: rows } = realisabilityOf(pilots, board(delayLsbS), carrierHz, [highestHz], {
        carrierIntoPhase,
      });
      return rows.reduce((sum, row) => sum + row.gainLossDb, 0) / rows.length;
    };
    // Errors spread evenly over a step: 256 elements of 3 pilots leave about 0.1 dB of chance.
    for (const stepS of [3e-12, 6e-12, 10e-12]) {
      const predicted = sincLossDb(highestHz * stepS);
      expect(Math.abs(meanDb(stepS, false) - predicted)).toBeLessThan(0.1 + 0.1 * predicted);
      expect(Math.abs(meanDb(relaxed * stepS, true) - predicted)).toBeLessThan(0.1 + 0.1 * predicted);
      expect(meanDb(relaxed * stepS, false)).toBeGreaterThan(10);
    }
  });
});

describe('requireRealisable', () => {
  const refusal = (codewords: typeof pilots, board: BoardControls, allowClipping = false): string => {
    const realisability = realisabilityOf(codewords, board, carrierHz, [carrierHz]);
    try {
      requireRealisable(realisability, { allowClipping });
    } catch (error) {
      if (error instanceof BeamloopError) return `${error.code}: ${error.what}`;
      throw error;
    }
    return 'accepted';
  };
  const short = { ...adjustable(12), delayRangeS: 50e-9 };

  it('refuses delays beyond the range with what is needed and available, unless clipping is allowed', () => {
    expect(refusal(pilots, short)).toMatch(
      /^PLAN_REFUSED: Pilot tdps\/1\S* needs delays over 134\.\d ns and the board's adjustable delays range over 50\.\d ns: 16\d of 256 elements would be clipped \(so would some of 2 other pilots\)$/,
    );
    expect(refusal(pilots, short, true)).toBe('accepted');
    const { summary } = realisabilityOf(pilots, short, carrierHz, [carrierHz]);
    expect(summary[1]).toMatch(/largest delay error \d+\.\d\d ps where none is clipped$/);
    expect(summary.at(-1)).toMatch(
      /delay error up to \d+\.\d\d ps apart from 1\d\d clipped delays, phase error/,
    );
    expect(refusal(pilots, adjustable(12))).toBe('accepted');
    expect(refusal(pilots, lineBoard)).toBe('accepted');
  });

  it('refuses lines made for other pilots, and boards without delays', () => {
    const other = tdPsCodebook(array, band, design, 4).pilots.map(({ codeword }) => codeword);
    expect(refusal([other[1]!], lineBoard)).toMatch(/Pilot tdps\/2\S* .*beside the nearest of 4 fixed lines/);
    const phases = { ...lineBoard, lineBits: 0, delayLinesS: null };
    expect(refusal(pilots, phases)).toMatch(
      /Pilot tdps\/1\S* needs delays over 134\.\d ns and the board has none/,
    );
    expect(refusal(pilots, phases, true)).toBe('accepted');
  });
});
