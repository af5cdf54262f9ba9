/** Where power is lost between the best beam and the board's: the steps add up, whoever is told of them. */
import { describe, expect, it } from 'vitest';
import { BoardBeams } from '../../../calibration/board-beams.js';
import { Band } from '../../../src/array/band.js';
import { positionOfM } from '../../../src/array/focal-point.js';
import { LinearArray } from '../../../src/array/linear-array.js';
import { channelVector } from '../../../src/channel/channel.js';
import { DirectSum } from '../../../src/channel/wideband/direct-sum.js';
import { perfectSignal } from '../../../src/channel/wideband/rate.js';
import { beamOf } from '../../../src/channel/wideband/response.js';
import { PolarCodebook } from '../../../src/codebook/polar.js';
import { servingCodeword } from '../../../src/codebook/serving.js';
import { codewordWeights } from '../../../src/codebook/weights.js';
import { transposeProduct } from '../../../src/core/complex.js';
import { accountOf, LOSS_STEPS, meanAccount } from '../../../src/scenario/loss-account.js';
import { forecastLines, lossForecast } from '../../../src/scenario/loss-forecast.js';
import { prepare } from '../../../src/scenario/plan.js';
import { parseScenario } from '../../../src/scenario/scenario.js';
import { carrierOnly, servingOf } from '../../../src/scenario/serving.js';
import { assumedBoard, emulatedSection, standInBoard } from '../../../src/testbed.js';

const array = new LinearArray({ numElements: 64, carrierHz: 30e9, speedOfLightMPerS: 3e8 });
const band = new Band({ carrierHz: 30e9, bandwidthHz: 5e9, numSubcarriers: 33 });
const truth = { sinAngle: -0.4, ringPerM: 0.05 };
const positionM = positionOfM(truth);
const paths = [
  { gain: { re: 0.9, im: 0.2 }, positionM },
  { gain: { re: 0.1, im: -0.3 }, positionM: [3, 2] as const },
];
const chosen = servingCodeword(array, { sinAngle: -0.39, ringPerM: 0.08 });
const realised = { ...chosen, phaseRad: chosen.phaseRad.map((phase, n) => phase + 0.2 * Math.sin(7 * n)) };
const radiated = beamOf({
  ...realised,
  phaseRad: realised.phaseRad.map((phase, n) => phase + 0.4 * Math.cos(3 * n)),
});

describe('losses of serving a user', () => {
  const focused = servingCodeword(array, truth);
  const beams = { focused, best: focused, chosen, realised, radiated };
  const serving = servingOf(array, new DirectSum(band), { paths, snrDb: 5 }, beams);
  const account = accountOf(serving.lossDb, serving);

  it('add up to what the board’s beam lacks of a perfect one, in power and in rate', () => {
    const sum = new DirectSum(band);
    const signal = { re: new Float64Array(33), im: new Float64Array(33) };
    const delayed = paths.map(({ gain, positionM: [x, y] }) => ({
      gain,
      delayS: array.elementYM.map((elementY) => Math.hypot(x, y - elementY) / 3e8),
    }));
    sum.receive(radiated, delayed, signal);
    const power = ({ re, im }: { re: Float64Array; im: Float64Array }) =>
      re.reduce((total, x, m) => total + x ** 2 + im[m]! ** 2, 0);
    const whole = 10 * Math.log10(power(perfectSignal(array, paths, band)) / power(signal));
    expect(account.powerDb.total).toBeCloseTo(whole, 9);
    expect(whole).toBeGreaterThan(0.5);
    const { perfectRate, boardRate } = serving;
    expect(account.ratePercent!.total).toBeCloseTo(100 * (1 - boardRate / perfectRate), 9);
    for (const step of ['focusing', 'estimation', 'quantisation', 'hardware'] as const) {
      expect(account.powerDb[step]).toBeGreaterThan(0.01);
    }
    expect(account.powerDb.codebook).toBe(0);
  });

  it('say null, not 0, of errors that nobody knows, and then of the whole', () => {
    const { lossDb } = servingOf(
      array,
      new DirectSum(band),
      { paths, snrDb: 5 },
      { ...beams, radiated: null },
    );
    const unknown = accountOf(lossDb, serving);
    expect(unknown.powerDb).toMatchObject({ hardware: null, total: null });
    expect(unknown.powerDb.quantisation).toBe(account.powerDb.quantisation);
    expect(meanAccount([account, unknown])!.powerDb).toMatchObject({ hardware: null, total: null });
  });

  it('add up in means as well', () => {
    const other = accountOf(
      { focusing: 1, codebook: 2, estimation: 3, quantisation: 4, hardware: 5 },
      serving,
    );
    const { powerDb } = meanAccount([account, other])!;
    expect(powerDb.total).toBeCloseTo((account.powerDb.total! + 15) / 2, 9);
    expect(LOSS_STEPS.reduce((sum, step) => sum + powerDb[step]!, 0)).toBeCloseTo(powerDb.total!, 9);
  });

  it('of a narrowband user are those at the carrier, the codebook’s grid among them', () => {
    const polar = new PolarCodebook(array, { numRings: 6 });
    const best = polar.codeword({ ring: 2, angleIndex: 20 });
    const h = channelVector(array, paths);
    const powerOf = (codeword: typeof best) => {
      const { re, im } = transposeProduct(h, codewordWeights(codeword, array.carrierHz));
      return 10 * Math.log10(re ** 2 + im ** 2);
    };
    const at = { focused, best, chosen: best, realised: best, radiated: beamOf(best) };
    const { lossDb } = servingOf(array, carrierOnly(array), { paths, snrDb: 5 }, at);
    expect(lossDb.codebook).toBeCloseTo(powerOf(focused) - powerOf(best), 6);
    expect(lossDb).toMatchObject({ estimation: 0, quantisation: 0, hardware: 0 });
  });
});

describe('a dry run’s forecast', () => {
  const text = (impairments: string) => `
array: { elements: 128, carrier: 30 GHz, speedOfLight: 3e8 m/s, bandwidth: 5 GHz, subcarriers: 128, sector: { angle: 60 deg, distance: [5 m, 30 m] } }
board: { port: emulated, emulated: { phaseBits: 6, delayBits: 16, delayLsb: 2.1 ps, lines: scheme${impairments} } }
slots: { duration: 125 us }
scheme: { name: near-field-rainbow, rings: 3, estimator: { name: on-grid } }
channel: { beamformedSnr: 15 dB }
users: { count: 2 }`;
  const forecast = (impairments: string, isKnown = true) => {
    const { scenario } = parseScenario(text(impairments), 'test.yaml', emulatedSection);
    const { radiate } = standInBoard(scenario);
    const beams = new BoardBeams(assumedBoard(scenario), scenario.array.carrier, null);
    return lossForecast(prepare(scenario), beams, isKnown ? radiate : undefined);
  };

  it('counts the errors that the board is assumed to have: 2 ps and 1 ps at 30 GHz are near 0.77 dB', () => {
    const { pilots, serving } = forecast(', impairments: { lineError: 2 ps, delayError: 1 ps }');
    for (const { quantisation, hardware } of [pilots!, serving]) {
      expect(quantisation.meanDb).toBeLessThan(0.1);
      expect(hardware!.meanDb).toBeGreaterThan(0.5);
      expect(hardware!.meanDb).toBeLessThan(1.05);
      expect(hardware!.worstDb).toBeGreaterThanOrEqual(hardware!.meanDb);
    }
  });

  it('finds nothing where there are no errors, and says not known where nobody knows', () => {
    expect(forecast('').serving.hardware!.worstDb).toBeCloseTo(0, 9);
    const unknown = forecast('', false);
    expect(unknown.serving.hardware).toBeNull();
    expect(forecastLines(unknown).at(-1)).toContain("the board's own errors: not known");
  });
});
