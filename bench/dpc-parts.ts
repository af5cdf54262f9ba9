/** What the parts of a study of the DPC scheme take: each does what is named for the same users, as the study does it. */
import { createEvaluator } from '../src/channel/evaluator.js';
import type { PolarCodebook } from '../src/codebook/polar.js';
import { RandomKeys } from '../src/core/random.js';
import { runSounding } from '../src/sounding/run-sounding.js';
import type { PilotBatch } from '../src/sounding/sounding.js';
import type { AccuracyStudy } from '../src/study/accuracy/accuracy-file.js';
import type { Simulator } from '../src/study/accuracy/accuracy-simulator.js';
import { studyUser } from '../src/study/accuracy/drawn-users.js';
import { placesOf } from '../src/study/accuracy/places.js';
import { ReceivedPilots } from '../src/study/accuracy/received-pilots.js';
import { createScheme } from '../src/training/registry.js';
import { type BenchRow, processorTimeS } from './benchmark.js';

const NUM_USERS = 1500;
const NUM_ROUNDS = 5;
/** Of the noise; any will do. */
const DEVIATION = 0.2;

/** Shares of the study's processor time per user. What is left over is the study's own. */
export function partsOfStudy(study: AccuracyStudy, polar: PolarCodebook, simulator: Simulator): BenchRow[] {
  const place = placesOf(study)[0]!;
  const evaluator = createEvaluator(polar);
  const received = new ReceivedPilots(polar, evaluator);
  const scheme = createScheme(study.schemes[0]!, polar);
  const users = Array.from({ length: NUM_USERS }, (_, k) => studyUser(study, place, 0, k + 1));
  const batches = users.map(({ paths }, k) => {
    const sent: PilotBatch[] = [];
    received.setUser(paths, study.seed, 'noise', 0, k + 1);
    runSounding(scheme.start(), (batch) => {
      sent.push(batch);
      return received.powers(batch, DEVIATION);
    });
    return { coarse: sent.slice(0, -1), last: sent.at(-1)! };
  });
  const turnTo = (k: number) => received.setUser(users[k]!.paths, study.seed, 'noise', 0, k + 1);
  const label = (k: number) => {
    turnTo(k);
    received.best();
  };
  const noise = (k: number) => {
    const keys = new RandomKeys(study.seed, 'noise', 0, k + 1);
    for (const batch of batches[k]!.coarse) {
      for (const { key } of batch) {
        const random = keys.stream(key);
        random.normal();
        random.normal();
      }
    }
  };
  const coarse = (k: number) => {
    label(k);
    for (const batch of batches[k]!.coarse) received.powers(batch, DEVIATION).mean;
  };
  const refinement = (k: number) => {
    label(k);
    received.powers(batches[k]!.last, DEVIATION).strongest?.();
  };
  const [drawS, turnS, labelS, noiseS, coarseS, refinementS, wholeS] = perUserS([
    (k) => studyUser(study, place, 0, k + 1),
    turnTo,
    label,
    noise,
    coarse,
    refinement,
    (k) => simulator.run({ placeIndex: 0, firstUser: k + 1, numUsers: 1 }),
  ]) as [number, number, number, number, number, number, number];
  const share = (of: string, partS: number): BenchRow => ({
    what: `of a user's ${(1e6 * wholeS).toFixed(0)} us, ${of}`,
    value: (100 * partS) / wholeS,
    unit: '%',
    alternative: null,
    alternativeValue: null,
    ratio: null,
  });
  return [
    share('drawing it', drawS),
    share('its channel', turnS),
    share('the label: screening of the codebook and what is evaluated exactly', labelS - turnS),
    share('coarse pilots without their noise', coarseS - labelS - noiseS),
    share('noise of coarse pilots', noiseS),
    share('refinement with its noise', refinementS - labelS),
  ];
}

/** Processor time per user, the best of several rounds in turns. */
function perUserS(jobs: readonly ((k: number) => void)[]): number[] {
  const best = jobs.map(() => Infinity);
  for (let round = 0; round <= NUM_ROUNDS; round++) {
    jobs.forEach((run, job) => {
      const startS = processorTimeS();
      for (let k = 0; k < NUM_USERS; k++) run(k);
      // The first round warms up.
      if (round > 0) best[job] = Math.min(best[job]!, (processorTimeS() - startS) / NUM_USERS);
    });
  }
  return best;
}
