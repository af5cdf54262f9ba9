/** Trains users of an accuracy study, one after the other. Runs in a worker thread or in the main one. */

import type { ChannelEvaluator } from '../../channel/channel.js';
import { noiseVariance } from '../../channel/channel.js';
import { createEvaluator } from '../../channel/evaluator.js';
import type { Codeword } from '../../codebook/codeword.js';
import type { PolarCodebook, PolarIndex } from '../../codebook/polar.js';
import { BeamloopError } from '../../core/errors.js';
import type { UserJob } from '../../fan-out/user-job.js';
import { runSounding, type Sounded } from '../../sounding/run-sounding.js';
import { polarEstimate } from '../../training/polar-estimate.js';
import { createScheme, schemeOf } from '../../training/registry.js';
import type { Estimate } from '../../training/scheme.js';
import type { SchemeChoice } from '../../training/scheme-definition.js';
import type { SchemeFactory } from '../../training/scheme-factory.js';
import { schemeLabel } from '../../training/scheme-label.js';
import type { CodewordTrace, PilotTrace, UserTrace } from '../common/result.js';
import { buildArray, buildPolar } from '../common/study-array.js';
import type { AccuracyStudy } from './accuracy-file.js';
import { type StudyUser, studyUser } from './drawn-users.js';
import { type Place, placesOf } from './places.js';
import { ReceivedPilots } from './received-pilots.js';

/** Counts of one scheme at one SNR of one place. */
export interface Tally {
  readonly placeIndex: number;
  readonly schemeIndex: number;
  readonly snrDb: number;
  numUsers: number;
  numCorrect: number;
  numPilots: number;
}

export interface JobResult {
  readonly tallies: readonly Tally[];
  /** Empty unless traces were asked for. */
  readonly traces: readonly UserTrace[];
}

interface Bench {
  readonly polar: PolarCodebook;
  readonly received: ReceivedPilots;
  readonly factories: readonly SchemeFactory[];
}

export class Simulator {
  readonly #study: AccuracyStudy;
  readonly #places: readonly Place[];
  readonly #traced: boolean;
  readonly #evaluatorOf: (polar: PolarCodebook) => ChannelEvaluator;
  /** One array, codebook and evaluator at a time is kept: jobs come place by place. */
  #bench: { readonly numElements: number; readonly bench: Bench } | undefined;

  /** @param evaluatorOf how channels are evaluated; a benchmark may have it done another way. */
  constructor(
    study: AccuracyStudy,
    traced: boolean,
    evaluatorOf: (polar: PolarCodebook) => ChannelEvaluator = createEvaluator,
  ) {
    this.#evaluatorOf = evaluatorOf;
    this.#study = study;
    this.#places = placesOf(study);
    this.#traced = traced;
  }

  run(job: UserJob): JobResult {
    const place = this.#places[job.placeIndex]!;
    const bench = this.#benchFor(place.numElements);
    const tallies = new Map<string, Tally>();
    const traces: UserTrace[] = [];
    for (let number = job.firstUser; number < job.firstUser + job.numUsers; number++) {
      const user = studyUser(this.#study, place, job.placeIndex, number);
      bench.received.setUser(user.paths, this.#study.seed, 'noise', job.placeIndex, number);
      const best = bench.received.best();
      for (const snrDb of user.snrDb) {
        const deviation = noiseDeviation(user, snrDb);
        this.#study.schemes.forEach((choice, schemeIndex) => {
          const pilots: PilotTrace[] = [];
          const { result: estimate, numPilots } =
            schemeOf(choice).searchesWholeCodebook && !this.#traced
              ? searchAtOnce(bench, deviation)
              : runSounding(bench.factories[schemeIndex]!.start(), (batch) => {
                  const powers = bench.received.powers(batch, deviation);
                  if (this.#traced) {
                    batch.forEach((pilot, k) => {
                      pilots.push(pilotTrace(pilot, Math.sqrt(powers.mean[k]!)));
                    });
                  }
                  return powers;
                });
          const chosen = polarIndexOf(estimate.codeword, choice);
          const correct = chosen.ring === best.ring && chosen.angleIndex === best.angleIndex;
          const key = `${schemeIndex}/${snrDb}`;
          const tally = tallies.get(key) ?? emptyTally(job.placeIndex, schemeIndex, snrDb);
          tallies.set(key, tally);
          tally.numUsers += 1;
          tally.numCorrect += Number(correct);
          tally.numPilots += numPilots;
          if (!this.#traced) return;
          traces.push({
            scheme: schemeLabel(choice),
            case: place.caseLabel,
            user: number,
            positionM: [user.positionM[0], user.positionM[1]],
            snrDb: Number.isFinite(snrDb) ? snrDb : null,
            pilots,
            regionIndex: estimate.regionIndex ?? null,
            chosen,
            best,
            correct,
          });
        });
      }
    }
    return { tallies: [...tallies.values()], traces };
  }

  #benchFor(numElements: number): Bench {
    if (this.#bench?.numElements !== numElements) {
      this.#bench = { numElements, bench: this.#buildBench(numElements) };
    }
    return this.#bench.bench;
  }

  #buildBench(numElements: number): Bench {
    const { array, codebook, schemes } = this.#study;
    const polar = buildPolar(buildArray(array, numElements), codebook);
    return {
      polar,
      received: new ReceivedPilots(polar, this.#evaluatorOf(polar)),
      factories: schemes.map((choice) => createScheme(choice, polar)),
    };
  }
}

/** Standard deviation of the noise: the SNR is the paths' total power over the noise variance. */
function noiseDeviation(user: StudyUser, snrDb: number): number {
  const power = user.paths.reduce((sum, { gain }) => sum + gain.re ** 2 + gain.im ** 2, 0);
  return Math.sqrt(power * noiseVariance(snrDb));
}

function emptyTally(placeIndex: number, schemeIndex: number, snrDb: number): Tally {
  return { placeIndex, schemeIndex, snrDb, numUsers: 0, numCorrect: 0, numPilots: 0 };
}

/** What the exhaustive scheme finds, without evaluating all of its pilots one by one; the answer is the same. */
function searchAtOnce({ polar, received }: Bench, deviation: number): Sounded<Estimate> {
  const index = received.bestReceived(deviation);
  return { result: polarEstimate(polar, index), numPilots: polar.numCodewords };
}

/** Our schemes answer with a codeword of the polar codebook. */
function polarIndexOf({ label, key }: Codeword, { name }: SchemeChoice): PolarIndex & CodewordTrace {
  if (label.kind !== 'polar') {
    throw new BeamloopError('PLUGIN_INVALID', {
      what: `Scheme ${name} answers with ${key}; a study of accuracy counts codewords of the polar codebook`,
      where: schemeOf({ name }).plugin ?? name,
      todo: 'Return polarEstimate({ ring, angleIndex }), or compare the scheme in a study of kind scenario',
    });
  }
  return { ring: label.ring, angleIndex: label.angleIndex };
}

function pilotTrace({ label }: Codeword, amplitude: number): PilotTrace {
  const { kind: _, ...index } = label;
  return { ...index, amplitude };
}
