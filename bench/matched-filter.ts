/**
 * One estimate of the matched filter at the evaluation of the paper on distance-dependent beam split: 1024 directions,
 * 10 rings, 3 pilots of 1024 subcarriers; and the dictionary that it takes. Held against plain JavaScript: every row of
 * the dictionary held against the powers one number at a time, every gain summed element by element.
 */
import type { FocalPoint, Sector } from '../src/array/focal-point.js';
import { travelTimeDifferenceS } from '../src/channel/wideband/response.js';
import type { SplitCodebook } from '../src/codebook/beam-split.js';
import { Random } from '../src/core/random.js';
import { type Powers, powersOf } from '../src/sounding/powers.js';
import { BeamPowers } from '../src/training/estimators/beam-powers.js';
import {
  MatchedFilterEstimator,
  type MatchedFilterOptions,
} from '../src/training/estimators/matched-filter.js';
import { PointGrid } from '../src/training/estimators/point-grid.js';
import { type Benchmark, type BenchRow, comparison, processorTimeS } from './benchmark.js';
import { evaluationCodebook } from './evaluation-codebook.js';

const SECTOR: Sector = { maxAngleRad: Math.PI / 3, distanceM: [5, 30] };
const SNR_DB = 15;
const NUM_USERS = 400;
const NUM_PLAIN_ROWS = 40;
const OPTIONS: MatchedFilterOptions = {
  name: 'matched-filter',
  score: 'debiased',
  directions: 1024,
  rings: 10,
  dictionary: 'actual',
  model: 'exact',
  search: 'coarse-to-fine',
  refine: false,
};
const GRID = '1024 × 10 points, 3 × 1024 powers';

export const matchedFilter: Benchmark = {
  name: 'matched-filter',
  async run() {
    const codebook = evaluationCodebook();
    const setting = { codebook, sector: SECTOR, realise: <T>(codeword: T) => codeword };
    const make = (options: Partial<MatchedFilterOptions>) => {
      const estimator = new MatchedFilterEstimator({ ...OPTIONS, ...options }, setting);
      while (!estimator.preparing.next().done);
      return estimator;
    };

    const plainBuildMs = plainDictionaryMs(codebook);
    const built = (what: string, ms: { wall: number; cpu: number }) =>
      comparison({
        what: `dictionary, ${what}, ${GRID} (${(ms.cpu / 1e3).toFixed(2)} s of processor time)`,
        value: ms.wall / 1e3,
        unit: 's',
        alternative: 'sums over elements in plain JavaScript, a share of them timed',
        alternativeValue: plainBuildMs / 1e3,
        target: { of: 'value', atMost: 1 },
      });
    const rows: BenchRow[] = [];
    rows.push(
      built('ideal beams, Fresnel model', timed(() => make({ dictionary: 'ideal', model: 'fresnel' })).ms),
    );
    const { ms, result: estimator } = timed(() => make({}));
    rows.push(built('actual beams, spherical waves', ms));

    const users = usersOf(codebook);
    const full = make({ search: 'full' });
    const plainMs = plainSearchMs(codebook, users[0]!);
    for (const user of users.slice(0, 50)) estimator.estimate(user);
    const before = estimator.statistics.fullSearches;
    const quick = users.map((user) => timed(() => estimator.estimate(user)));
    const whole = users.slice(0, 100).map((user) => timed(() => full.estimate(user)));
    for (const [k, { result }] of whole.entries()) {
      const other = quick[k]!.result;
      if (result.sinAngle !== other.sinAngle || result.ringPerM !== other.ringPerM) {
        throw new Error('the two searches do not agree');
      }
    }
    const wall = quick.map(({ ms }) => ms.wall);
    const cpu = quick.map(({ ms }) => ms.cpu);
    const plain = { alternative: 'all products in plain JavaScript', alternativeValue: plainMs };
    rows.push(
      comparison({
        what: `one estimate at ${SNR_DB} dB, ${GRID}, median (${quantile(cpu, 0.5).toFixed(2)} ms of processor time)`,
        value: quantile(wall, 0.5),
        unit: 'ms',
        ...plain,
        target: { of: 'value', atMost: 1 },
      }),
      comparison({ what: 'the same, 99th percentile', value: quantile(wall, 0.99), unit: 'ms', ...plain }),
      {
        what: `share of them that took the full search`,
        value: (100 * (estimator.statistics.fullSearches - before)) / NUM_USERS,
        unit: '%',
        alternative: null,
        alternativeValue: null,
        ratio: null,
      },
      comparison({
        what: `one estimate by the full search, median (${quantile(
          whole.map(({ ms }) => ms.cpu),
          0.5,
        ).toFixed(2)} ms of processor time)`,
        value: quantile(
          whole.map(({ ms }) => ms.wall),
          0.5,
        ),
        unit: 'ms',
        ...plain,
        target: { of: 'value', atMost: 15 },
      }),
    );
    return rows;
  },
};

/** Powers of users anywhere in the sector, spherical waves, in noise of power 1. */
function usersOf(codebook: SplitCodebook): Powers[] {
  const beams = new BeamPowers(
    codebook,
    codebook.pilots.map(({ codeword }) => codeword),
    'exact',
  );
  const snr = 10 ** (SNR_DB / 10);
  const gains = new Float64Array(beams.numValues);
  const random = new Random('matched-filter benchmark');
  return Array.from({ length: NUM_USERS }, () => {
    const sinAngle = Math.sin((2 * random.uniform() - 1) * SECTOR.maxAngleRad);
    const distanceM = 5 + 25 * random.uniform();
    beams.evaluate({ sinAngle, ringPerM: (1 - sinAngle ** 2) / (2 * distanceM) }, gains);
    const powers = gains.map((gain) => {
      const re = Math.sqrt(snr * gain) + random.normal() * Math.SQRT1_2;
      const im = random.normal() * Math.SQRT1_2;
      return re * re + im * im;
    });
    return powersOf(powers, codebook.band.numSubcarriers, 1, snr);
  });
}

/** Time of the whole dictionary, from a few of its rows. */
function plainDictionaryMs(codebook: SplitCodebook): number {
  const grid = new PointGrid(SECTOR, OPTIONS.directions, OPTIONS.rings);
  const run = (numRows: number) => {
    for (let k = 0; k < numRows; k++) plainGains(codebook, grid.point(k * 97));
  };
  run(4);
  return (timed(() => run(NUM_PLAIN_ROWS)).ms.wall * grid.numPoints) / NUM_PLAIN_ROWS;
}

/** Element by element, from subcarrier to subcarrier by a constant turn. */
function plainGains({ array, band, pilots }: SplitCodebook, point: FocalPoint): Float64Array {
  const M = band.numSubcarriers;
  const travelS = travelTimeDifferenceS(array, point, 'exact');
  const gains = new Float64Array(pilots.length * M);
  const re = new Float64Array(M);
  const im = new Float64Array(M);
  pilots.forEach(({ codeword }, pilot) => {
    re.fill(0);
    im.fill(0);
    for (let n = 0; n < travelS.length; n++) {
      const delayS = travelS[n]! + codeword.delayS![n]!;
      const start = codeword.phaseRad[n]! - 2 * Math.PI * band.frequenciesHz[0]! * delayS;
      const turn = -2 * Math.PI * band.spacingHz * delayS;
      const [turnRe, turnIm] = [Math.cos(turn), Math.sin(turn)];
      let a = Math.cos(start);
      let b = Math.sin(start);
      for (let m = 0; m < M; m++) {
        re[m]! += a;
        im[m]! += b;
        const next = a * turnRe - b * turnIm;
        b = a * turnIm + b * turnRe;
        a = next;
      }
    }
    for (let m = 0; m < M; m++) gains[pilot * M + m] = (re[m]! ** 2 + im[m]! ** 2) / travelS.length ** 2;
  });
  return gains;
}

/** All products of a dictionary as large as the grid's; what is in it does not matter to its time. */
function plainSearchMs({ pilots, band }: SplitCodebook, { perSubcarrier }: Powers): number {
  const numValues = pilots.length * band.numSubcarriers;
  const numRows = OPTIONS.directions * OPTIONS.rings;
  const rows = new Float32Array(numRows * numValues).fill(0.01);
  const search = () => {
    let best = 0;
    let most = Number.NEGATIVE_INFINITY;
    for (let row = 0; row < numRows; row++) {
      let product = 0;
      for (let k = 0; k < numValues; k++) product += rows[row * numValues + k]! * (perSubcarrier[k]! - 1);
      if (product > most) {
        best = row;
        most = product;
      }
    }
    return best;
  };
  search();
  return quantile(
    Array.from({ length: 7 }, () => timed(search).ms.wall),
    0.5,
  );
}

function timed<T>(run: () => T): { readonly ms: { wall: number; cpu: number }; readonly result: T } {
  const cpuS = processorTimeS();
  const wall = performance.now();
  const result = run();
  const wallMs = performance.now() - wall;
  return { ms: { wall: wallMs, cpu: 1e3 * (processorTimeS() - cpuS) }, result };
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))]!;
}
