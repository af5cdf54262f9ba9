/** Studies of calibrations: errors that are put in are found again, as far as the bound allows. */
import { describe, expect, it } from 'vitest';
import { parseSettings } from '../../../src/core/settings-file.js';
import type { CalibrationStudy } from '../../../src/study/calibration/calibration-file.js';
import { asideOf } from '../../../src/study/calibration/calibration-points.js';
import type { CalibrationRow } from '../../../src/study/calibration/calibration-rows.js';
import { runStudy } from '../../../src/study/run-study.js';
import { type Study, studySchema } from '../../../src/study/study-kinds.js';
import { inThisThread } from '../../fixtures/study-context.js';

const HEAD = `kind: calibration
title: t
array: { elements: 32, carrier: 28 GHz }
`;
const USUAL = `errors: { usual: { phase: 30 deg, amplitude: 0.5 dB } }
procedures: { one: { name: hadamard }, two: { name: hadamard, passes: 2 }, rev: { name: rev } }
snr: [20 dB, 30 dB]
users: { count: 6 }
`;

function studyOf(text: string): CalibrationStudy {
  return parseSettings(text, studySchema, 'study.yaml', 'study') as CalibrationStudy;
}

async function rowsOf(text: string): Promise<CalibrationRow[]> {
  const { rows } = await runStudy(studyOf(text) as Study, inThisThread);
  return rows as CalibrationRow[];
}

describe('a study of calibrations', () => {
  it('finds the errors as well as the bound allows, and one element at a time worse', async () => {
    const rows = await rowsOf(HEAD + USUAL);
    const at = (id: string, snrDb: number) => rows.find((row) => row.id === id && row.snrDb === snrDb)!;
    expect(rows).toHaveLength(6);
    expect(at('one', 20).numSlots).toBe(4 * 32 + 8);
    // sqrt(2 / (4 SNR)), 4.05 degrees at 20 dB, less what the scan tells and more for amplitudes that differ.
    expect(at('one', 20).boundDeg).toBeCloseTo(4.0, 0);
    expect(at('one', 20).boundDeg / at('one', 30).boundDeg).toBeCloseTo(Math.sqrt(10), 1);
    for (const snrDb of [20, 30]) {
      const { overBound, phasesWithin, gainsWithin, lossBeforeDb, lossDb } = at('two', snrDb);
      expect(overBound).toBeGreaterThan(0.85);
      expect(overBound).toBeLessThan(1.2);
      for (const share of [phasesWithin, gainsWithin]) {
        expect(share).toBeGreaterThan(0.85);
        expect(share).toBeLessThan(1);
      }
      // Phases of 30 degrees rms keep exp(-sigma^2) of the power.
      expect(lossBeforeDb).toBeGreaterThan(0.7);
      expect(lossDb).toBeLessThan(0.05);
      expect(at('rev', snrDb).residualDeg).toBeGreaterThan(2 * at('one', snrDb).residualDeg);
    }
    expect(at('two', 20).residualDeg).toBeLessThan(at('one', 20).residualDeg);
    expect(at('two', 20).falseAlarms).toBe(0);
    expect(at('two', 30).driftFound).toBe(1);
    expect(rows.every(({ trendTold }) => trendTold === 0)).toBe(true);
  });

  it('has the bound in its figures, dashed', async () => {
    const { figures } = await runStudy(studyOf(HEAD + USUAL) as Study, inThisThread);
    expect(figures.map(({ title }) => title)).toEqual(['Phase error left', 'Gain lost']);
    for (const figure of figures) {
      const series = figure.kind === 'lines' ? figure.series : [];
      expect(series.filter(({ reference }) => reference)).toHaveLength(3);
      expect(series.every(({ points }) => points.length === 2)).toBe(true);
    }
  });

  it('counts dead and stuck elements that were named, and leaves them out of what is left', async () => {
    const [row] = await rowsOf(
      `${HEAD}errors: { broken: { phase: 30 deg, amplitude: 0.5 dB, dead: 2, stuck: 1 } }
procedures: { two: { name: hadamard, passes: 2 } }
snr: 30 dB
users: { count: 4 }`,
    );
    expect(row).toMatchObject({ missed: 0, falselyNamed: 0, rightlyNamed: 1 });
    expect(row!.residualDeg).toBeLessThan(2);
  });

  it('says where noise hides them', async () => {
    const [row] = await rowsOf(
      `${HEAD}errors: { broken: { dead: 2 } }\nprocedures: { one: { name: hadamard } }\nsnr: 3 dB\nusers: { count: 3 }`,
    );
    expect(row).toMatchObject({ missed: 2, rightlyNamed: 0 });
  });

  it('finds delays, the adjustable part and single codes', async () => {
    const [delays] = await rowsOf(
      `${HEAD.replace('28 GHz', '30 GHz, bandwidth: 5 GHz, subcarriers: 64')}board: { delayBits: 8, delayRange: 4 ns }
errors: { off: { phase: 30 deg, amplitude: 0.5 dB, delay: 20 ps, delayGain: 0.01 } }
procedures: { delays: { name: delays } }
receivers: { ahead: { at: [[10 m, 0 m]] } }
snr: 20 dB
users: { count: 2 }`,
    );
    expect(delays!.delayBoundPs).toBeCloseTo(
      (4.05 * Math.PI) / 180 / (2 * Math.PI * 5e-3 * Math.sqrt(64 / 12)),
      1,
    );
    expect(delays!.delayResidualPs! / delays!.delayBoundPs!).toBeGreaterThan(0.8);
    expect(delays!.delayResidualPs! / delays!.delayBoundPs!).toBeLessThan(1.8);
    expect(delays!.delayGainResidual).toBeLessThan(1e-3);
    expect(delays!.lossBeforeDb).toBeGreaterThan(3);
    expect(delays!.lossDb).toBeLessThan(0.1);
    const [codes] = await rowsOf(
      `${HEAD}board: { phaseBits: 3 }
errors: { off: { phase: 20 deg, code: 8 deg } }
procedures: { states: { name: states, passes: 2 } }
snr: 30 dB
users: { count: 2 }`,
    );
    expect(codes!.codeResidualDeg).toBeGreaterThan(0.5);
    expect(codes!.codeResidualDeg).toBeLessThan(6);
    expect(codes!.delayResidualPs).toBeNull();
  });

  it('leaves a wrong place in the errors from one position, and takes it off from three', async () => {
    const rows = await rowsOf(
      `${HEAD.replace('32', '64')}errors: { usual: { phase: 30 deg } }
procedures: { two: { name: hadamard, passes: 2 } }
receivers:
  one: { at: [[10 m, 2 m]], aside: [0 m, 40 cm] }
  three: { at: [[10 m, 2 m], [9 m, -2.7 m], [11 m, 5.7 m]], aside: [0 m, 40 cm] }
snr: 20 dB
users: { count: 2 }`,
    );
    const at = (receiver: string, asideM: number) =>
      rows.find((row) => row.receiver === receiver && row.asideM === asideM)!;
    expect(at('one', 0)).toMatchObject({ trendTold: 0, positionsTold: null, againstRight: null });
    expect(at('one', 0.4).trendTold).toBe(1);
    // 40 cm across at 10 m is 2.3 degrees: a turn and more over the array.
    expect(at('one', 0.4).residualDeg).toBeGreaterThan(60);
    for (const asideM of [0, 0.4]) {
      expect(at('three', asideM)).toMatchObject({ trendTold: null, positionsTold: 1 });
      expect(at('three', asideM).residualDeg).toBeLessThan(4);
    }
    expect(at('three', 0.4).againstRight).toBeLessThan(1.5);
  });

  it('puts a receiver aside across its line of sight', () => {
    const [x, y] = asideOf([3, 4], 1);
    expect([x, y]).toEqual([3 - 0.8, 4 + 0.6]);
  });

  it.each([
    ['name: rev }', 'name: rv }', /rev/],
    ['name: rev }', 'name: delays }', /needs array.bandwidth/],
    ['snr: [20 dB, 30 dB]', 'snr: [20, 30 dB]', /unit/],
    ['phase: 30 deg', 'dead: 7, stuck: 2', /a quarter of the 32 elements/],
    ['users:', 'receivers: { here: { at: [[1 mm, 0 m]] } }\nusers:', /away from the array|array/],
    ['users:', 'board: { delayBits: 8 }\nusers:', /delayRange/],
    ['title: t', 'title: t\narray2: 1', /array2/],
  ])('refuses %s as %s', (from, to, complaint) => {
    expect(() => studyOf((HEAD + USUAL).replace(from, to))).toThrow(complaint);
  });

  it('refuses traces, and boards that cannot be calibrated', async () => {
    const study = studyOf(HEAD + USUAL) as Study;
    await expect(runStudy(study, { ...inThisThread, traced: true })).rejects.toThrow(/keeps no traces/);
    const oneBit = studyOf(`${HEAD}board: { phaseBits: 1 }\n${USUAL}`) as Study;
    await expect(runStudy(oneBit, inThisThread)).rejects.toThrow(/mirror image/);
  });
});
