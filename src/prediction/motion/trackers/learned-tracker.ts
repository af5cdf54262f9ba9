/** A trained model as a tracker: keeps what was known of the last epochs, and ranks beams by the model's forward pass. */
import { BeamMap } from '../../../tracking/beam-map.js';
import { strongestHeard } from '../../../tracking/heard.js';
import {
  type FoundUser,
  type Prediction,
  type RankedCodeword,
  type Tracker,
  type TrackerSetting,
  UNLIKELY,
  type UserEpoch,
} from '../../../tracking/tracker.js';
import { writeAdjacency } from '../features/adjacency.js';
import { standardise } from '../features/standardisation.js';
import type { ForwardPass } from '../forward/forward-pass.js';
import { forwardPass } from '../forward/passes.js';
import { rankedColumns } from '../heads/ranking.js';
import { type WorthTable, worthTableOf } from '../heads/worth.js';
import { type NetworkDesign, networkDesign } from '../networks/kinds.js';
import type { TrainedModel } from '../trained-model.js';
import { SensedPlace } from './sensed-place.js';

/** Codewords that a prediction lists. */
const NUM_RANKED = 16;
/** A scheme's word for where a user is, before the model has seen anything of it. */
const FOUND_CONFIDENCE = 0.5;
/** Share of the best power lately below which a beam has fallen, and that share of which is forgotten with each epoch. */
const FALLEN = 0.1;
const FORGOTTEN = 0.02;
/** With each epoch without a reading or a power the temperature rises by this share of it, and at most to so many times. */
const DOUBT_PER_EPOCH = 0.25;
const MOST_DOUBT = 4;

/**
 * A head relative to the last beam knows the channel, and is at a loss where that beam was wrong; a filter of places knows nothing of
 * last beams. In closed loop half of each does better than either.
 */
const FILTER_SHARE = 0.5;

/**
 * What two that know different things say together is surer than their mean: probabilities to this power are right as often as they
 * say, in closed loop.
 */
const SHARPNESS = 1.3;

interface TrackedUser {
  readonly place: SensedPlace;
  isFound: boolean;
  /** Found, and nothing observed since. */
  isNew: boolean;
  /** Last beam known. */
  column: number;
  amplitude: number;
  mostPower: number;
  deafEpochs: number;
}

export class LearnedTracker implements Tracker {
  readonly #trained: TrainedModel;
  readonly #design: NetworkDesign;
  readonly #pass: ForwardPass;
  readonly #worth: WorthTable;
  readonly #filterShare: number;
  readonly #map: BeamMap;
  readonly #users: TrackedUser[];
  readonly #features: Float32Array;
  readonly #adjacency: Float32Array;
  readonly #amplitudes: Float64Array;
  /** From square roots of powers to units of `UserSlot`; null before the first power. */
  #scale: number | null = null;

  /**
   * @param trained for the setting's codebook and epoch, which is not looked at here.
   * @param filterShare of the probability, that a filter of places has; for heads relative to the last beam alone.
   */
  constructor(
    trained: TrainedModel,
    { codebook, numUsers, epochS }: TrackerSetting,
    filterShare = FILTER_SHARE,
  ) {
    this.#filterShare = filterShare;
    const { model } = trained;
    this.#trained = trained;
    this.#design = networkDesign(model.network, { codebook, epochS, numSlots: model.slots });
    this.#pass = forwardPass(model.network, this.#design, trained.weights, {
      numUsers,
      numSlots: model.slots,
    });
    this.#worth = worthTableOf(codebook);
    this.#map = new BeamMap(codebook);
    const turnRad = model.motion.turn === 'any' ? Math.PI / 2 : model.motion.turn;
    this.#users = Array.from({ length: numUsers }, () => ({
      place: new SensedPlace(codebook, { speedMPerS: model.motion.speed, turnRad, epochS }),
      ...{ isFound: false, isNew: false, column: 0, amplitude: 0, mostPower: 0, deafEpochs: 0 },
    }));
    this.#features = new Float32Array(numUsers * this.#design.features.numFeatures);
    this.#adjacency = new Float32Array((numUsers + 1) ** 2);
    this.#amplitudes = new Float64Array(numUsers * numUsers);
  }

  found(user: number, { column, positionM }: FoundUser, timeS: number): void {
    const tracked = this.#users[user]!;
    tracked.place.found(positionM, timeS);
    Object.assign(tracked, { isFound: true, isNew: true, column, mostPower: 0, deafEpochs: 0 });
  }

  observe(epoch: readonly UserEpoch[], timeS: number): void {
    const { features } = this.#design;
    this.#settleScale(epoch);
    const isNew = this.#users.map((tracked) => tracked.isFound && tracked.isNew);
    for (const [k, tracked] of this.#users.entries()) {
      this.#receive(tracked, k, epoch[k]!);
      if (tracked.isFound) this.#sense(tracked, epoch[k]!, timeS);
    }
    for (const [k, tracked] of this.#users.entries()) {
      if (!tracked.isFound) continue;
      features.write({ ...tracked, ...tracked.place.at(timeS) }, this.#features, k * features.numFeatures);
      tracked.isNew = false;
    }
    standardise(this.#features, this.#trained.standardisation);
    // Who is nowhere is like everybody, and is heard by nobody.
    for (const [k, { isFound }] of this.#users.entries()) {
      if (!isFound) this.#features.fill(0, k * features.numFeatures, (k + 1) * features.numFeatures);
    }
    writeAdjacency(this.#amplitudes, this.#users.length, this.#adjacency, 0);
    this.#pass.push(this.#features, this.#adjacency, isNew);
  }

  predict(timeS: number): Prediction[] {
    const { head } = this.#design;
    const scores = this.#pass.scores();
    return this.#users.map((tracked, k): readonly RankedCodeword[] | null => {
      const { isFound, isNew, column, place, deafEpochs } = tracked;
      if (!isFound) return null;
      if (isNew) return [{ column, probability: FOUND_CONFIDENCE }];
      const age = Math.max(place.blindEpochs, deafEpochs);
      const doubt = Math.min(MOST_DOUBT, 1 + DOUBT_PER_EPOCH * age);
      const own = scores.subarray(k * head.numClasses, (k + 1) * head.numClasses);
      const isMixed = head.isRelative && this.#filterShare > 0;
      const temperature = this.#trained.temperature * doubt;
      // What the filter says ends there, too.
      const least = isMixed ? UNLIKELY : 0;
      const ranked = rankedColumns(own, head, column, temperature, NUM_RANKED, least);
      const both = isMixed ? mixed(ranked, place.ranked(this.#map, timeS), this.#filterShare) : ranked;
      return this.#worth.servingFirst(both);
    });
  }

  /** Powers may be in any unit: the first ones are taken for as strong as those of training. */
  #settleScale(epoch: readonly UserEpoch[]): void {
    if (this.#scale !== null) return;
    const amplitudes = epoch
      .map((user) => amplitudeOf(strongestHeard(user)?.power ?? 0, user.noiseFloor))
      .filter((amplitude) => amplitude > 0)
      .sort((a, b) => a - b);
    if (amplitudes.length === 0) return;
    this.#scale = this.#trained.typicalAmplitude / amplitudes[amplitudes.length >> 1]!;
  }

  /** Row k of the graph's amplitudes: what user k received of every user's beam. */
  #receive(tracked: TrackedUser, k: number, user: UserEpoch): void {
    const numUsers = this.#users.length;
    const row = this.#amplitudes.subarray(k * numUsers, (k + 1) * numUsers);
    row.fill(0);
    if (!tracked.isFound) return;
    for (const { purpose, power, servedUser } of user.pilots) {
      if (purpose !== 'interference' || power === null) continue;
      row[servedUser] = (this.#scale ?? 1) * amplitudeOf(power, user.noiseFloor);
    }
    const heard = strongestHeard(user);
    tracked.deafEpochs = heard === null ? tracked.deafEpochs + 1 : 0;
    if (heard !== null) {
      tracked.column = heard.column;
      tracked.amplitude = (this.#scale ?? 1) * amplitudeOf(heard.power, user.noiseFloor);
    }
    row[k] = tracked.amplitude;
  }

  #sense(tracked: TrackedUser, user: UserEpoch, timeS: number): void {
    const heard = strongestHeard(user);
    if (heard !== null) {
      tracked.mostPower = Math.max(heard.power, tracked.mostPower * (1 - FORGOTTEN));
    }
    const hasFallen = heard === null || heard.power < FALLEN * tracked.mostPower;
    tracked.place.observe(user.sensors, heard?.column ?? null, hasFallen, timeS);
  }
}

/** Most likely first: shares of the two, sharpened. */
function mixed(
  ranked: readonly RankedCodeword[],
  other: readonly RankedCodeword[],
  otherShare: number,
): RankedCodeword[] {
  const own = 1 - otherShare;
  const both = ranked.map(({ column, probability }) => ({ column, probability: own * probability }));
  // A search through a list this short takes less than a map's making.
  for (const { column, probability } of other) {
    const same = both.find((each) => each.column === column);
    if (same === undefined) both.push({ column, probability: otherShare * probability });
    else same.probability += otherShare * probability;
  }
  let sum = 0;
  for (const each of both) {
    each.probability **= SHARPNESS;
    sum += each.probability;
  }
  for (const each of both) each.probability /= sum;
  return both.sort((a, b) => b.probability - a.probability || a.column - b.column);
}

/** What is received without the noise. */
function amplitudeOf(power: number, noiseFloor: number): number {
  return Math.sqrt(Math.max(0, power - noiseFloor));
}
