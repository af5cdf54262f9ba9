/**
 * Groups of moving users, and every tracker on them: the generator that a campaign drives is driven on the channels of each
 * epoch here. All trackers of a point meet the same users, walks, sensors and noise.
 */
import type { ChannelEvaluator } from '../../channel/channel.js';
import { noiseVariance } from '../../channel/channel.js';
import { createEvaluator } from '../../channel/evaluator.js';
import type { Codeword } from '../../codebook/codeword.js';
import { PolarCodebook } from '../../codebook/polar.js';
import { Random } from '../../core/random.js';
import type { Simulator } from '../../fan-out/executor.js';
import type { UserJob } from '../../fan-out/user-job.js';
import { buildTracker } from '../../scenario/trackers.js';
import type { MeasuredPilot } from '../../sounding/pilot-powers.js';
import type { EpochPlan, EpochReport, EpochTime } from '../../tracking/epoch-plan.js';
import { trackUsers } from '../../tracking/track-users.js';
import type { Tracker } from '../../tracking/tracker.js';
import { buildArray } from '../common/study-array.js';
import { drawGroup, type MovingUser } from './drop.js';
import { EpochScores } from './epoch-scores.js';
import { Finder } from './finder.js';
import type { TrackingStudy } from './tracking-file.js';
import { pointsOf, type TrackingPoint } from './tracking-points.js';
import { lossRules, probingRules } from './tracking-rules.js';
import type { GroupScore } from './tracking-tally.js';

/** A tracker on its way through a group's epochs. */
interface Running {
  readonly generator: Generator<EpochPlan, void, EpochReport>;
  readonly scores: EpochScores;
  plan: EpochPlan;
}

/** What one user of a group hears of a codeword in the present epoch, before noise. */
type Hear = (codeword: Codeword) => { readonly re: number; readonly im: number };

/** Of all points alike: they differ in what the file lists, and not in whom they meet. */
const STREAM = 0;

export class TrackingSimulator implements Simulator {
  readonly #study: TrackingStudy;
  readonly #points: readonly TrackingPoint[];
  readonly #codebook: PolarCodebook;
  readonly #evaluator: ChannelEvaluator;
  readonly #finder: Finder;

  constructor(study: TrackingStudy) {
    const { array, codebook } = study;
    this.#study = study;
    this.#points = pointsOf(study);
    this.#codebook = new PolarCodebook(buildArray(array, array.elements), {
      numRings: codebook.rings,
      numAngles: codebook.directions,
      ringSpacing: codebook.ringSpacing,
      withInfinity: false,
      name: 'tracking',
    });
    this.#evaluator = createEvaluator(this.#codebook);
    this.#finder = new Finder(study.start, this.#codebook);
  }

  /**
   * Whether all trackers can be built for the array.
   *
   * @throws what they throw.
   */
  async getReady(): Promise<void> {
    for (const point of this.#points) await this.#trackers(point);
  }

  async run({ placeIndex, firstUser, numUsers }: UserJob): Promise<GroupScore[]> {
    const { numTogether } = this.#points[placeIndex]!;
    const scores: GroupScore[] = [];
    for (let first = firstUser; first < firstUser + numUsers; first += numTogether) {
      scores.push(...(await this.#runGroup(placeIndex, (first - 1) / numTogether)));
    }
    return scores;
  }

  #trackers({ epochS, numTogether }: TrackingPoint): Promise<Tracker[]> {
    const setting = {
      codebook: this.#codebook,
      numUsers: numTogether,
      epochS,
      seed: this.#study.seed,
    };
    return Promise.all(Object.values(this.#study.trackers).map((choice) => buildTracker(choice, setting)));
  }

  async #runGroup(pointIndex: number, group: number): Promise<GroupScore[]> {
    const { seed, epochs, warmUp, probing } = this.#study;
    const point = this.#points[pointIndex]!;
    const keys = [seed, STREAM, group];
    const users = drawGroup(this.#study, point, this.#codebook.array, keys);
    const ids = Object.keys(this.#study.trackers);
    const timeOf = (epoch: number): EpochTime => ({ epoch, beginsAtS: epoch * point.epochS });
    let now = timeOf(0);
    const running = (await this.#trackers(point)).map((tracker, trackerIndex): Running => {
      const generator = trackUsers({
        tracker,
        codebook: this.#codebook,
        numUsers: users.length,
        train: (user) => this.#finder.train(() => users[user]!.pathsAt(now.beginsAtS)),
        servingSlots: probing.servingSlots,
        probing: probingRules(this.#study, ids[trackerIndex]!),
        loss: lossRules(this.#study),
        fits: () => true,
        first: now,
      });
      const scores = new EpochScores({
        trackerIndex,
        pointIndex,
        codebook: this.#codebook,
        snrDb: point.snrDb,
      });
      return { generator, scores, plan: generator.next().value as EpochPlan };
    });
    const numEpochs = warmUp + epochs;
    for (let epoch = 0; epoch < numEpochs; epoch++) {
      const counts = epoch >= warmUp;
      const measured = this.#measure(running, users, now, { counts, keys, snrDb: point.snrDb });
      const sensors = users.map((user) => user.readingsBy(now.beginsAtS));
      now = timeOf(epoch + 1);
      for (const [k, each] of running.entries()) {
        const report = { measured: measured[k]!, sensors, next: epoch + 1 < numEpochs ? now : null };
        const step = each.generator.next(report);
        if (step.done !== true) each.plan = step.value;
      }
    }
    return running.map(({ scores }) => scores.mean());
  }

  /** What the listeners of each tracker's pilots measure; every user's channel is set once. */
  #measure(
    running: readonly Running[],
    users: readonly MovingUser[],
    { epoch, beginsAtS }: EpochTime,
    { counts, keys, snrDb }: { counts: boolean; keys: readonly number[]; snrDb: number },
  ): (MeasuredPilot | null)[][][] {
    const measured = running.map(({ plan }) =>
      plan.pilots.map(({ listeners }) => listeners.map((): MeasuredPilot | null => null)),
    );
    const variance = noiseVariance(snrDb);
    if (counts) for (const { scores, plan } of running) scores.begin(plan);
    for (const [k, user] of users.entries()) {
      this.#evaluator.setChannel(user.pathsAt(beginsAtS));
      const hear = remembered((codeword) => this.#evaluator.receive(codeword));
      const best = counts ? this.#codebook.column(this.#evaluator.best()) : 0;
      for (const [r, { plan, scores }] of running.entries()) {
        for (const [p, { codeword, listeners }] of plan.pilots.entries()) {
          const at = listeners.indexOf(k);
          if (at < 0) continue;
          const { re, im } = hear(codeword);
          const random = new Random(...keys, 'noise', epoch, k, p);
          const scale = Math.sqrt(variance / 2);
          const power = (re + scale * random.normal()) ** 2 + (im + scale * random.normal()) ** 2;
          measured[r]![p]![at] = { powers: Float32Array.of(power), noiseFloor: variance };
        }
        if (counts) scores.user(k, best, hear);
      }
    }
    if (counts) for (const { scores } of running) scores.end();
    return measured;
  }
}

function remembered(hear: Hear): Hear {
  const known = new Map<string, ReturnType<Hear>>();
  return (codeword) => {
    const found = known.get(codeword.key) ?? hear(codeword);
    known.set(codeword.key, found);
    return found;
  };
}
