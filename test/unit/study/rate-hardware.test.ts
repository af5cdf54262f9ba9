import { describe, expect, it } from 'vitest';
import type { Codeword } from '../../../src/codebook/codeword.js';
import { servingCodeword } from '../../../src/codebook/serving.js';
import { buildSetting } from '../../../src/study/common/wideband-setting.js';
import { runRate } from '../../../src/study/rate/rate.js';
import { RateBenches } from '../../../src/study/rate/rate-bench.js';
import { rateSchema } from '../../../src/study/rate/rate-file.js';
import { buildBoard, hardwareOf } from '../../../src/study/rate/rate-hardware.js';
import type { RateRow } from '../../../src/study/rate/rate-rows.js';
import { inThisThread } from '../../fixtures/study-context.js';

const PS = 1e-12;

const study = (settings: object) =>
  rateSchema.parse({
    kind: 'rate',
    title: 'test',
    array: {
      elements: 32,
      carrier: '30 GHz',
      bandwidth: '5 GHz',
      subcarriers: 128,
      speedOfLight: 3e8,
      sector: { angle: '60 deg', distance: ['0.5 m', '3 m'] },
    },
    users: { count: 60 },
    snr: ['15 dB'],
    schemes: { mine: { name: 'tdps', pilots: 3, estimator: 'on-grid' } },
    ...settings,
  });
const rowsOf = async (settings: object) =>
  (await runRate(study(settings), { ...inThisThread, traced: false })).rows as readonly RateRow[];

/** Boards of the file, with the pilots of its scheme. */
function boardsOf(hardware: object[]) {
  const settings = study({ hardware });
  const setting = buildSetting(settings);
  const { factory } = new RateBenches(settings, setting).before(null)[0]!;
  const pilots = factory.start().next().value as readonly Codeword[];
  const boards = hardwareOf(settings).map((board) => buildBoard(board, pilots, 30e9, settings.seed));
  return { boards, pilots, array: setting.array };
}

/** Delay differences between two codewords less their mean (a common delay changes nothing), s. */
function delayErrorsS(wanted: Codeword, radiated: Codeword): Float64Array {
  const difference = radiated.delayS!.map((delayS, n) => delayS - wanted.delayS![n]!);
  const mean = difference.reduce((a, b) => a + b) / difference.length;
  return difference.map((delayS) => delayS - mean);
}

/** Phase at a frequency that the board adds to what is wanted, relative to its mean, rad. */
function phaseErrorsRad(wanted: Codeword, radiated: Codeword, frequencyHz: number): Float64Array {
  const delaysS = delayErrorsS(wanted, radiated);
  const errors = radiated.phaseRad.map(
    (phase, n) => phase - wanted.phaseRad[n]! - 2 * Math.PI * frequencyHz * delaysS[n]!,
  );
  const mean = Math.atan2(
    errors.reduce((sum, e) => sum + Math.sin(e), 0),
    errors.reduce((sum, e) => sum + Math.cos(e), 0),
  );
  return errors.map((e) => Math.atan2(Math.sin(e - mean), Math.cos(e - mean)));
}

const rms = (values: Float64Array) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);

describe('a board', () => {
  it('is one per combination of what is listed, in order', () => {
    const boards = hardwareOf(
      study({
        hardware: [
          { label: 'a', phaseBits: [1, 2], delayError: ['1 ps', '2 ps'] },
          { label: 'b', delayBits: 8, delayRange: '20 ns' },
        ],
      }),
    );
    expect(boards.map((b) => [b!.label, b!.phaseBits, b!.delayBits, b!.delayErrorS / PS])).toEqual([
      ['a', 1, null, 1],
      ['a', 1, null, 2],
      ['a', 2, null, 1],
      ['a', 2, null, 2],
      ['b', null, 8, 0],
    ]);
    expect(hardwareOf(study({}))).toEqual([null]);
  });

  it('of phase shifters rounds phases to its steps and leaves delays alone', () => {
    const { boards, pilots } = boardsOf([{ label: 'x', phaseBits: 3 }]);
    for (const pilot of pilots) {
      const radiated = boards[0]!.radiate(pilot);
      expect(rms(delayErrorsS(pilot, radiated))).toBeLessThan(1e-18);
      for (const phase of radiated.phaseRad) {
        expect(phase / (Math.PI / 4)).toBeCloseTo(Math.round(phase / (Math.PI / 4)), 9);
      }
      const errors = phaseErrorsRad(pilot, radiated, 30e9);
      expect(rms(errors)).toBeGreaterThan(0.05);
      expect(Math.max(...errors.map(Math.abs))).toBeLessThan(Math.PI / 4);
    }
  });

  it('makes up for rounded delays at the carrier if it may', () => {
    const delays = { delayBits: 7, delayRange: '20 ns' };
    const { boards, pilots } = boardsOf([
      { label: 'plain', ...delays, carrierIntoPhase: false },
      { label: 'phase', ...delays },
    ]);
    const [plain, phase] = boards.map((board) => board.radiate(pilots[1]!));
    const lsbS = 20e-9 / 127;
    for (const radiated of [plain!, phase!]) {
      for (const delayS of radiated.delayS!) expect(delayS / lsbS).toBeCloseTo(Math.round(delayS / lsbS), 6);
      expect(rms(delayErrorsS(pilots[1]!, radiated)) / (lsbS / Math.sqrt(12))).toBeCloseTo(1, 1);
    }
    expect(rms(phaseErrorsRad(pilots[1]!, plain!, 30e9))).toBeGreaterThan(1);
    expect(rms(phaseErrorsRad(pilots[1]!, phase!, 30e9))).toBeLessThan(1e-3);
    // Away from the carrier what is left grows: 2 pi 2.5 GHz times the rms delay error.
    const edge = rms(phaseErrorsRad(pilots[1]!, phase!, 32.5e9));
    expect(edge / (2 * Math.PI * 2.5e9 * rms(delayErrorsS(pilots[1]!, phase!)))).toBeCloseTo(1, 1);
  });

  it('has lines for its pilots, with errors that the host knows or not', () => {
    const lines = { phaseBits: 12, lines: true, delayError: '2 ps' };
    const { boards, pilots } = boardsOf([
      { label: 'raw', ...lines },
      { label: 'calibrated', ...lines, calibrated: true },
      { label: 'twice', ...lines, delayError: '4 ps' },
    ]);
    for (const pilot of pilots) {
      const [raw, calibrated, twice] = boards.map((board) => board.radiate(pilot));
      const errorsS = delayErrorsS(pilot, raw!);
      expect(rms(errorsS) / (2 * PS)).toBeGreaterThan(0.6);
      expect(rms(errorsS) / (2 * PS)).toBeLessThan(1.4);
      delayErrorsS(pilot, twice!).forEach((errorS, n) => {
        expect(errorS / PS).toBeCloseTo((2 * errorsS[n]!) / PS, 3);
      });
      expect(rms(phaseErrorsRad(pilot, raw!, 30e9))).toBeGreaterThan(0.2);
      expect(rms(phaseErrorsRad(pilot, calibrated!, 30e9))).toBeLessThan(2e-3);
      // The host of the first believes that its beams are right, that of the second knows what they are.
      expect(rms(phaseErrorsRad(pilot, boards[0]!.realise(pilot), 30e9))).toBeLessThan(2e-3);
      expect(boards[1]!.realise(pilot)).toEqual(calibrated);
    }
  });

  it('serves over the band only where it can adjust delays', () => {
    const { boards, array } = boardsOf([
      { label: 'lines', lines: true },
      { label: 'and more', lines: true, delayBits: 10, delayRange: '1 ns' },
    ]);
    const serving = servingCodeword(array, { sinAngle: 0.8, ringPerM: 0.2 });
    const [lines, more] = boards.map((board) => board.radiate(serving));
    expect(rms(delayErrorsS(serving, lines!))).toBeGreaterThan(20 * PS);
    expect(rms(delayErrorsS(serving, more!))).toBeLessThan(1 * PS);
  });

  it('whose delays do not reach is refused with the numbers', async () => {
    const short = rowsOf({ hardware: [{ label: 'short', delayBits: 8, delayRange: '1 ns' }] });
    await expect(short).rejects.toThrow(/needs delays over \d+(\.\d+)? ns; board 'short' has 1 ns/);
  });

  it.each([
    [{ label: 'x', delayBits: 8 }, 'goes together with delayBits'],
    [{ label: 'x', phaseBits: 0 }, 'must be at least 1'],
    [{ label: 'x', delayError: '1 m' }, 'not a quantity in s'],
    [{ label: 'x', delayError: '-1 ps' }, 'must not be negative'],
    [{ label: 'x', bits: 8 }, 'bits'],
  ])('described as %j is refused', (hardware, message) => {
    expect(() => study({ hardware: [hardware] })).toThrow(message);
  });
});

describe('rates before boards', () => {
  it('are those of perfect hardware where phases are fine and lines exact', async () => {
    const rows = await rowsOf({
      hardware: [
        { label: 'ideal' },
        { label: 'fine', phaseBits: 12, lines: true, delayBits: 12, delayRange: '1 ns' },
        { label: 'coarse', phaseBits: 1 },
        { label: 'broken', delayBits: 4, delayRange: '20 ns', carrierIntoPhase: false },
      ],
    });
    const [ideal, fine, coarse, broken] = rows;
    expect(ideal!.boardRate).toBe(ideal!.meanRate);
    expect(fine!.meanRate).toBeCloseTo(ideal!.meanRate, 2);
    expect(fine!.boardRate!).toBeCloseTo(fine!.meanRate, 2);
    // Serving beams have no phases that one bit could spoil, training beams do.
    expect(coarse!.meanRate).toBeLessThan(ideal!.meanRate);
    expect(coarse!.boardRate!).toBe(coarse!.meanRate);
    expect(broken!.meanRate).toBeLessThan(0.7 * ideal!.meanRate);
    expect(broken!.boardRate!).toBeLessThan(broken!.meanRate);
    expect(rows.map(({ hardware }) => hardware)).toEqual(['ideal', 'fine', 'coarse', 'broken']);
  });

  it('profit from a dictionary of the beams as they are', async () => {
    const matched = (dictionary: string) => ({
      name: 'tdps',
      pilots: 3,
      estimator: { name: 'matched-filter', directions: 64, rings: 6, dictionary, refine: false },
    });
    const rows = await rowsOf({
      schemes: { actual: matched('actual'), ideal: matched('ideal') },
      hardware: [
        { label: 'x', delayBits: 6, delayRange: '20 ns', carrierIntoPhase: false },
        { label: 'ideal' },
      ],
    });
    const rate = (id: string, hardware: string) =>
      rows.find((row) => row.id === id && row.hardware === hardware)!.meanRate;
    expect(rate('actual', 'x')).toBeGreaterThan(1.2 * rate('ideal', 'x'));
    expect(rate('actual', 'ideal')).toBe(rate('ideal', 'ideal'));
    expect(rows.every(({ fullSearches }) => fullSearches !== null)).toBe(true);
  });

  it('have curves of their own for what is swept besides the x axis', async () => {
    const { figures } = await runRate(
      study({
        users: { count: 2 },
        hardware: [
          { label: 'both', phaseBits: [1, 2], delayBits: [8, 12], delayRange: '20 ns' },
          { label: 'phases', phaseBits: [1, 2] },
        ],
      }),
      { ...inThisThread, traced: false },
    );
    const curves = figures.map((figure) => {
      if (figure.kind !== 'lines') throw new Error('no curves');
      const ideal = figure.series.filter(({ name }) => !name.endsWith('served by the board'));
      return [figure.x.label, ideal.map(({ name, points }) => [name, points.map(({ x }) => x)])];
    });
    expect(curves).toEqual([
      [
        'Phase bits',
        [
          ['mine, both, 8 delay bits', [1, 2]],
          ['mine, both, 12 delay bits', [1, 2]],
          ['mine, phases', [1, 2]],
          ['perfect CSI', [1, 2]],
        ],
      ],
      [
        'Delay bits',
        [
          ['mine, both, 1 phase bit', [8, 12]],
          ['mine, both, 2 phase bits', [8, 12]],
          ['perfect CSI', [8, 12]],
        ],
      ],
    ]);
  });

  it('have a figure for each quantity that is swept', async () => {
    const result = await runRate(
      study({
        users: { count: 2 },
        hardware: [
          { label: 'ideal' },
          { label: 'phases', phaseBits: [1, 4] },
          { label: 'lines', lines: true, delayError: ['1 ps', '5 ps'] },
        ],
      }),
      { ...inThisThread, traced: false },
    );
    expect(
      result.figures.map((figure) => [
        figure.title,
        figure.kind === 'lines' && figure.series.map(({ name, points }) => [name, points.map(({ x }) => x)]),
      ]),
    ).toEqual([
      [
        'Phase bits, users at 0.5 … 3 m, SNR 15 dB',
        [
          ['mine, phases', [1, 4]],
          ['perfect CSI', [1, 4]],
        ],
      ],
      [
        'Delay error (ps rms), users at 0.5 … 3 m, SNR 15 dB',
        [
          ['mine, lines', [1, 5]],
          ['mine, lines, served by the board', [1, 5]],
          ['perfect CSI', [1, 5]],
        ],
      ],
    ]);
  });
});
