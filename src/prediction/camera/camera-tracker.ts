/**
 * A trained camera model as a tracker of one user: motion masks of the frames go through the network, and what was received with the
 * beams that were tried tells how far its word is off.
 */

import type { Frame } from '../../camera/frame.js';
import { type Blurred, blurredGrey, motionMask } from '../../camera/motion-mask.js';
import type { PolarCodebook } from '../../codebook/polar.js';
import { codewordWeights } from '../../codebook/weights.js';
import { transposeProduct } from '../../core/complex.js';
import { ownHeard } from '../../tracking/heard.js';
import type {
  Eyes,
  FoundUser,
  Prediction,
  RankedCodeword,
  Tracker,
  TrackerSetting,
  UserEpoch,
} from '../../tracking/tracker.js';
import { NUM_MASKS, NUM_SLOTS } from './data/window-set.js';
import { CameraPass } from './forward/camera-pass.js';
import { sizesOf } from './model-file.js';
import type { TrainedCamera } from './model-folder.js';
import { PowerPattern } from './power-pattern.js';

/** Codewords that a prediction lists. */
const NUM_RANKED = 16;
/** Of the beam where a user was found, before there is anything to see. */
const FOUND_CONFIDENCE = 0.5;
/** Share of what tried beams say now in how far the network is off. */
const NEW_SHARE = 0.6;
/** Farther off the network sees something else than the user, in beams. */
const MOST_OFF = 6;

export class CameraTracker implements Tracker {
  readonly eyes: Eyes;
  readonly #pass: CameraPass;
  readonly #temperatures: readonly number[];
  readonly #pattern: PowerPattern;
  /** Mean gain of a codeword for users of each beam, shape [beams, beams]. */
  readonly #worth: readonly Float64Array[];
  readonly #numBeams: number;
  #before: Blurred | null = null;
  /** When the last frame was taken, s. */
  #seenS = 0;
  /** Masks since there was a gap. */
  #numMasks = 0;
  /** Probabilities, shape [7, beams]. */
  #foretold: Float64Array[] | null = null;
  /** By so many beams. */
  #offBeams = 0;
  #found: number | null = null;

  /** @param trained for the setting's beams and interval, which is not looked at here. */
  constructor({ model, weights, temperatures }: TrainedCamera, { codebook }: TrackerSetting) {
    const sizes = sizesOf(model)!;
    this.#pass = new CameraPass(sizes, weights);
    this.#temperatures = temperatures;
    this.#numBeams = model.beams;
    this.#pattern = new PowerPattern(codebook);
    this.#worth = worthOf(codebook);
    this.eyes = {
      size: sizes.size,
      intervalS: model.interval,
      see: (frame, follows) => this.#see(frame, follows),
    };
  }

  found(_user: number, { column }: FoundUser): void {
    this.#found = column;
    this.#offBeams = 0;
  }

  observe([user]: readonly UserEpoch[], timeS: number): void {
    const heard = ownHeard(user!);
    const measured = this.#pattern.place(heard, user!.noiseFloor);
    const foretold = this.#at(timeS);
    if (measured === null || foretold === null) return;
    const off = measured - meanOf(foretold);
    if (Math.abs(off) > MOST_OFF) return;
    this.#offBeams += NEW_SHARE * off;
  }

  predict(timeS: number): Prediction[] {
    const probabilities = this.#at(timeS);
    if (probabilities === null) {
      return [this.#found === null ? null : [{ column: this.#found, probability: FOUND_CONFIDENCE }]];
    }
    return [ranked(probabilities, this.#worth)];
  }

  #see(frame: Frame, follows: boolean): void {
    const blurred = blurredGrey(frame);
    const before = follows ? this.#before : null;
    this.#before = blurred;
    this.#seenS = frame.boardTimeS;
    if (before === null) {
      this.#numMasks = 0;
      this.#foretold = null;
      return;
    }
    this.#pass.push(motionMask(before, blurred));
    this.#numMasks++;
    // Until the window is full it holds what was before the gap.
    this.#foretold = this.#numMasks < NUM_MASKS ? null : this.#forecast();
  }

  #forecast(): Float64Array[] {
    const scores = this.#pass.scores();
    return Array.from({ length: NUM_SLOTS }, (_, slot) =>
      softmax(scores.subarray(slot * this.#numBeams, (slot + 1) * this.#numBeams), this.#temperatures[slot]!),
    );
  }

  /** Probabilities of all beams at a time; null where nothing is known of it. */
  #at(timeS: number): Float64Array | null {
    if (this.#foretold === null) return null;
    const slots = (timeS - this.#seenS) / this.eyes.intervalS;
    const nearest = Math.max(0, Math.round(slots));
    if (nearest >= NUM_SLOTS) return null;
    const [from, to] = nearest + 1 < NUM_SLOTS ? [nearest, nearest + 1] : [nearest - 1, nearest];
    const drift = meanOf(this.#foretold[to]!) - meanOf(this.#foretold[from]!);
    return shifted(this.#foretold[nearest]!, this.#offBeams + drift * (slots - nearest));
  }
}

/** First the codeword that brings the most on average, then the others, most likely first. */
function ranked(probabilities: Float64Array, worth: readonly Float64Array[]): RankedCodeword[] {
  const order = Array.from(probabilities.keys()).sort(
    (a, b) => probabilities[b]! - probabilities[a]! || a - b,
  );
  const brings = (column: number) => {
    let sum = 0;
    for (let beam = 0; beam < probabilities.length; beam++)
      sum += probabilities[beam]! * worth[column]![beam]!;
    return sum;
  };
  const candidates = order.slice(0, NUM_RANKED);
  const [best] = candidates
    .map((column) => ({ column, brings: brings(column) }))
    .sort((a, b) => b.brings - a.brings || a.column - b.column);
  return [best!.column, ...candidates.filter((column) => column !== best!.column)].map((column) => ({
    column,
    probability: probabilities[column]!,
  }));
}

function worthOf(codebook: PolarCodebook): Float64Array[] {
  const { array } = codebook;
  const weights = Array.from({ length: codebook.numCodewords }, (_, column) =>
    codewordWeights(codebook.codeword(codebook.indexOf(column)), array.carrierHz),
  );
  // The wave of a user in a beam's direction is the conjugate of its codeword.
  return weights.map((own) =>
    Float64Array.from(weights, ({ re, im }) => {
      const product = transposeProduct(own, { re, im: im.map((each) => -each) });
      return product.re ** 2 + product.im ** 2;
    }),
  );
}

function softmax(scores: Float32Array, temperature: number): Float64Array {
  const most = scores.reduce((a, b) => Math.max(a, b));
  const shares = Float64Array.from(scores, (score) => Math.exp((score - most) / temperature));
  const sum = shares.reduce((a, b) => a + b, 0);
  return shares.map((share) => share / sum);
}

function meanOf(probabilities: Float64Array): number {
  return probabilities.reduce((sum, each, beam) => sum + each * beam, 0);
}

/** Moved up by so many beams, in part to two of them; what would leave at an end stays there. */
function shifted(probabilities: Float64Array, beams: number): Float64Array {
  const out = new Float64Array(probabilities.length);
  const whole = Math.floor(beams);
  const rest = beams - whole;
  const last = probabilities.length - 1;
  probabilities.forEach((each, beam) => {
    const at = beam + whole;
    out[Math.min(last, Math.max(0, at))]! += each * (1 - rest);
    out[Math.min(last, Math.max(0, at + 1))]! += each * rest;
  });
  return out;
}
