/**
 * Tracking as a generator, as a scheme of training is one: before each epoch it yields which beams serve whom and what is probed,
 * and is told what came of it. It drives any tracker, starts users by a scheme and looks for lost ones by it, a part of a batch in
 * each epoch. Campaigns, studies and replays drive it alike; it cannot tell which.
 */
import type { PolarCodebook } from '../codebook/polar.js';
import type { MeasuredPilot } from '../sounding/pilot-powers.js';
import type { Powers } from '../sounding/powers.js';
import type { Sounding } from '../sounding/sounding.js';
import { BeamMap } from './beam-map.js';
import type { EpochPlan, EpochReport, EpochTime, PlannedPilot, Trouble, UserPlan } from './epoch-plan.js';
import { EpochSlots } from './epoch-slots.js';
import { strongestHeard } from './heard.js';
import { type LossRules, PowerWatch } from './power-watch.js';
import { candidates, ProbeBudget, type ProbingRules } from './probing.js';
import { SensorWatch } from './sensor-watch.js';
import type { EpochPilot, FoundUser, Prediction, Tracker, UserEpoch } from './tracker.js';
import { TrainingInParts } from './training-in-parts.js';

export interface TrackingOptions {
  readonly tracker: Tracker;
  readonly codebook: PolarCodebook;
  readonly numUsers: number;
  /** Looks for a user by a scheme; one that needs no pilots may return at once. */
  readonly train: (user: number) => Sounding<FoundUser, Powers>;
  readonly servingSlots: number;
  readonly probing: ProbingRules;
  /** Whether probes come before the slots that serve, so that the strongest of them serves. */
  readonly probesFirst?: boolean;
  readonly loss: LossRules;
  /** Whether so many slots with so many different codewords fit an epoch. Those that serve all users must. */
  readonly fits: (numSlots: number, numCodewords: number) => boolean;
  readonly first: EpochTime;
}

/** Of what the tracker's beam would bring where the scheme found a user: so much is expected of it at first. */
const FOUND_SHARE = 0.5;

interface Tracking extends TrackingOptions {
  readonly map: BeamMap;
}

interface Tracked {
  readonly watch: PowerWatch;
  readonly sensor: SensorWatch;
  training: TrainingInParts | null;
  numTrainings: number;
}

/** @throws what a tracker throws, and BAD_ARGUMENT for a report that is none of its plan. */
export function* trackUsers(options: TrackingOptions): Generator<EpochPlan, void, EpochReport> {
  const { numUsers, loss, probing, tracker } = options;
  const map = new BeamMap(options.codebook);
  const users = Array.from(
    { length: numUsers },
    (): Tracked => ({
      watch: new PowerWatch(loss),
      sensor: new SensorWatch(map, loss),
      training: null,
      numTrainings: 0,
    }),
  );
  const budget = new ProbeBudget(probing);
  const tracking = { ...options, map };
  try {
    for (let time: EpochTime | null = options.first; time !== null; ) {
      const whole = planEpoch(tracking, users, budget, time);
      const { plan, report } = options.probesFirst
        ? yield* inParts(whole, options.codebook)
        : { plan: whole, report: yield whole };
      tracker.observe(observe(options, users, plan, report), plan.beginsAtS);
      time = report.next;
    }
  } finally {
    for (const { training } of users) training?.abandon();
  }
}

/** Tries the beams of every user, and serves with the strongest. */
function* inParts(
  whole: EpochPlan,
  codebook: PolarCodebook,
): Generator<EpochPlan, { plan: EpochPlan; report: EpochReport }, EpochReport> {
  const tried = whole.users.flatMap(({ column, probes }, user): PlannedPilot[] =>
    column === null || probes.length === 0
      ? []
      : [column, ...probes].map((each) => ({
          codeword: codebook.codeword(codebook.indexOf(each)),
          ...{ purpose: 'probe', column: each, user, listeners: [user], training: null },
        })),
  );
  if (tried.length === 0) return { plan: whole, report: yield whole };
  const { measured } = yield { ...whole, pilots: tried, goesOn: true };
  const best = whole.users.map(({ column }, user) => {
    let [strongest, most] = [column, -1];
    for (const [k, pilot] of tried.entries()) {
      const power = pilot.user === user ? meanOf(measured[k]![0]?.powers ?? []) : null;
      if (power !== null && power > most) [strongest, most] = [pilot.column, power];
    }
    return strongest;
  });
  const rest = whole.pilots
    .filter(({ purpose }) => purpose !== 'probe')
    .map((pilot) => (pilot.purpose === 'serve' ? withColumn(pilot, best[pilot.user]!, codebook) : pilot));
  const plan = {
    ...whole,
    pilots: rest,
    users: whole.users.map((user, k) => ({
      ...user,
      column: best[k]!,
      probes: tried.filter((pilot) => pilot.user === k).map(({ column }) => column!),
    })),
  };
  const report = yield plan;
  return {
    plan: { ...plan, pilots: [...tried, ...rest] },
    report: { ...report, measured: [...measured, ...report.measured] },
  };
}

function withColumn(pilot: PlannedPilot, column: number, codebook: PolarCodebook): PlannedPilot {
  return { ...pilot, column, codeword: codebook.codeword(codebook.indexOf(column)) };
}

function planEpoch(
  options: Tracking,
  users: readonly Tracked[],
  budget: ProbeBudget,
  time: EpochTime,
): EpochPlan {
  const { tracker, servingSlots } = options;
  const news = users.map((user, k) => endOfTraining(options, user, k, time));
  for (const { watch } of users) watch.retry(time.epoch);
  let predictions = tracker.predict(time.beginsAtS);
  const begun = users.map((user, k) => {
    if (!isTrainingDue(user, predictions[k]!, time.epoch)) return null;
    user.training = new TrainingInParts(user.numTrainings++, options.train(k));
    return endOfTraining(options, user, k, time);
  });
  // Where training takes no pilots, the tracker knows more by now.
  if (begun.some((end) => end !== null && end.found !== null)) predictions = tracker.predict(time.beginsAtS);
  const served = users.map(({ watch }, k) => {
    const first = predictions[k]?.[0]?.column ?? null;
    // What is tried first needs no word of the epoch before.
    return options.probesFirst && first !== null ? first : watch.served(first);
  });

  const slots = new EpochSlots(options.codebook, options.fits);
  const listening = users.flatMap(({ watch }, k) => (watch.isSilent ? [] : [k]));
  for (const [k, { watch }] of users.entries()) {
    const column = served[k]!;
    if (column === null) continue;
    // Of a user that does not answer, one slot tells when it is there again.
    const numSlots = watch.isSilent || watch.state === 'given up' ? 1 : servingSlots;
    slots.serve(k, column, numSlots, listening);
  }
  const numServing = slots.pilots.length;
  const mostProbes = budget.left(numServing);
  const probes = chooseProbes(options, users, predictions, served, slots, mostProbes, time.epoch);
  budget.spend(
    probes.reduce((sum, { length }) => sum + length, 0),
    numServing,
  );
  const trained = users.map(({ training, watch }, k) =>
    // A user that does not answer is asked for one pilot, if nothing else calls it.
    training === null || (watch.isSilent && served[k] !== null)
      ? []
      : training.pilots(k).slice(0, watch.isSilent ? 1 : undefined),
  );
  slots.train(trained, time.epoch);
  return {
    ...time,
    goesOn: false,
    pilots: slots.pilots,
    users: users.map(
      (user, k): UserPlan => ({
        state: user.watch.state,
        isSilent: user.watch.isSilent,
        troubles: troublesOf(user),
        isTraining: user.training !== null,
        column: served[k]!,
        numServingSlots: slots.pilots.filter(({ purpose, user }) => purpose === 'serve' && user === k).length,
        probes: probes[k]!,
        prediction: predictions[k]!,
        found: begun[k]?.found ?? news[k]!.found,
        failure: begun[k]?.failure ?? news[k]!.failure,
      }),
    ),
  };
}

function troublesOf({ watch, sensor }: Tracked): Trouble[] {
  // Before it was found there is nothing that it should do.
  if (watch.goodColumn === null) return [];
  return [
    ...(watch.hasFallen && !watch.isSilent ? (['beam fell'] as const) : []),
    ...(watch.isSilent ? (['UE silent'] as const) : []),
    ...(sensor.state === 'trusted' ? [] : ([`sensor ${sensor.state}`] as const)),
  ];
}

type TrainingNews = Pick<UserPlan, 'found' | 'failure'>;

/** Tells whoever must know how a training ended, if it has. */
function endOfTraining(
  { tracker, map }: Tracking,
  user: Tracked,
  place: number,
  { epoch, beginsAtS }: EpochTime,
): TrainingNews {
  const end = user.training?.end ?? null;
  if (end === null) return { found: null, failure: null };
  user.training = null;
  if ('failure' in end) {
    user.watch.failed(epoch);
    return { found: null, failure: end.failure };
  }
  // The scheme's beams may fit the place better than any of the tracker's, and its place is one of a codeword.
  const { column, positionM } = end.found;
  user.watch.found(column, FOUND_SHARE * end.power * map.gain(column, positionM));
  tracker.found(place, end.found, beginsAtS);
  return { found: end.found, failure: null };
}

function isTrainingDue({ watch, training }: Tracked, prediction: Prediction, epoch: number): boolean {
  if (training !== null || !watch.mayTrain(epoch)) return false;
  return (
    watch.state === 'sought' || watch.state === 'lost' || (watch.state === 'tracked' && prediction === null)
  );
}

/** The least sure user first, of those that are equally sure another one in each epoch; at most so many in all. */
function chooseProbes(
  { probing }: TrackingOptions,
  users: readonly Tracked[],
  predictions: readonly Prediction[],
  served: readonly (number | null)[],
  slots: EpochSlots,
  most: number,
  epoch: number,
): number[][] {
  const chosen: number[][] = users.map(() => []);
  let left = most;
  const probe = (k: number, column: number) => {
    if (chosen[k]!.includes(column) || !slots.probe(k, column)) return;
    chosen[k]!.push(column);
    left--;
  };
  const mayBeProbed = ({ watch }: Tracked) => !watch.isSilent && watch.state !== 'given up';
  // A beam that has fallen is held against the one before and the one foretold, whatever that costs.
  for (const [k, user] of users.entries()) {
    if (served[k] === null || !user.watch.hasFallen || !mayBeProbed(user)) continue;
    const rivals = [user.watch.goodColumn, predictions[k]?.[0]?.column ?? null];
    for (const rival of rivals) if (rival !== null && rival !== served[k]) probe(k, rival);
  }
  const wanted = users.map((user, k) =>
    served[k] === null || !mayBeProbed(user) ? [] : candidates(predictions[k]!, served[k]!, probing),
  );
  const order = users
    .map((_, k) => (k + epoch) % users.length)
    .sort((a, b) => confidence(predictions[a]!) - confidence(predictions[b]!));
  for (let round = 0; round < probing.mostPerEpoch; round++) {
    for (const k of order) {
      const column = wanted[k]![round];
      if (column !== undefined && left >= 1) probe(k, column);
    }
  }
  return chosen;
}

function confidence(prediction: Prediction): number {
  return prediction?.[0]?.probability ?? 0;
}

/** What came of an epoch, user by user; trainings and watches are told. */
function observe(
  { numUsers }: TrackingOptions,
  users: readonly Tracked[],
  plan: EpochPlan,
  { measured, sensors }: EpochReport,
): UserEpoch[] {
  const heard = Array.from({ length: numUsers }, () => new Map<string, Heard>());
  const noise = Array.from({ length: numUsers }, (): number[] => []);
  const sent: SentPilot[][] = users.map(() => []);
  for (const [p, pilot] of plan.pilots.entries()) {
    for (const [l, listener] of pilot.listeners.entries()) {
      const record = measured[p]?.[l] ?? null;
      if (record !== null) noise[listener]!.push(record.noiseFloor);
      if (pilot.training !== null)
        sent[listener]!.push({ position: pilot.training.position, measured: record });
      else hear(heard[listener]!, pilot, listener, record);
    }
  }
  return users.map(({ watch, sensor, training }, k) => {
    training?.measured(sent[k]!);
    const user: UserEpoch = {
      pilots: [...heard[k]!.values()].map(
        ({ powers, ...pilot }): EpochPilot => ({ ...pilot, power: meanOf(powers) }),
      ),
      noiseFloor: meanOf(noise[k]!) ?? 0,
      sensors: sensors[k] ?? [],
    };
    const own = plan.pilots.some((pilot) => pilot.user === k);
    watch.observe(user, plan.epoch, own, noise[k]!.length > 0);
    const isGood = watch.state === 'tracked' && !watch.hasFallen;
    sensor.observe(user.sensors, isGood ? (strongestHeard(user)?.column ?? null) : null, plan.beginsAtS);
    // Its power is back before the scheme has found it.
    const wasLost = plan.users[k]!.state !== 'tracked';
    const isBack = wasLost && watch.state === 'tracked' && users[k]!.training?.end === null;
    if (isBack) {
      users[k]!.training!.abandon();
      users[k]!.training = null;
    }
    return user;
  });
}

type Heard = Omit<EpochPilot, 'power'> & { readonly powers: number[] };

interface SentPilot {
  readonly position: number;
  readonly measured: MeasuredPilot | null;
}

/** Slots with one purpose are one pilot to a tracker: what is measured of them is averaged. */
function hear(
  heard: Map<string, Heard>,
  { purpose, column, user }: PlannedPilot,
  listener: number,
  record: MeasuredPilot | null,
): void {
  const heardAs = listener !== user ? 'interference' : purpose === 'serve' ? 'serve' : 'probe';
  const key = `${heardAs} ${user} ${column}`;
  const known = heard.get(key) ?? { column: column!, purpose: heardAs, servedUser: user, powers: [] };
  heard.set(key, known);
  const power = record === null ? null : meanOf(record.powers);
  if (power !== null) known.powers.push(power);
}

function meanOf(values: ArrayLike<number>): number | null {
  if (values.length === 0) return null;
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += values[k]!;
  return sum / values.length;
}
