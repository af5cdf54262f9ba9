/** Draws windows: tracks, best codewords, what sensors and receivers make of them, and the strays among the last beams. */
import type { ChannelEvaluator } from '../../../channel/channel.js';
import { drawNoise, noiseVariance } from '../../../channel/channel.js';
import type { Path } from '../../../channel/paths.js';
import type { PolarCodebook } from '../../../codebook/polar.js';
import type { Random } from '../../../core/random.js';
import type { DrawnModel } from '../model-file.js';
import { drawTrack, type Purpose, type UserTrack, userRandom } from './draw-channel.js';
import { straysOf } from './strays.js';
import { emptyWindows, type WindowSet } from './window-set.js';

export interface WindowRun {
  readonly purpose: Purpose;
  readonly firstWindow: number;
  readonly numWindows: number;
  /** Of the draws; a model's evaluation may have its own. */
  readonly seed: number;
}

export function drawWindows(
  model: DrawnModel,
  codebook: PolarCodebook,
  evaluator: ChannelEvaluator,
  run: WindowRun,
): WindowSet {
  const numUsers = model.users.count;
  const { numWindows } = run;
  const numPaths = 1 + model.channel.scatterers;
  const set = emptyWindows({ numWindows, numSlots: model.slots, numUsers, numPaths });
  for (let w = 0; w < numWindows; w++) {
    const stream = (user: number, what: string) =>
      userRandom(run.seed, run.purpose, run.firstWindow + w, user, what);
    const tracks = Array.from({ length: numUsers }, (_, k) => drawTrack(model, stream(k, 'track')));
    labelWindow(set, w, tracks, codebook, evaluator);
    tracks.forEach((track, k) => {
      senseTrack(set, w, k, track, model, stream(k, 'sensors'));
      if (run.purpose === 'training') strayTrack(set, w, k, codebook, model.strays, stream(k, 'strays'));
      writePaths(set, w, k, track.pathsAt(model.slots));
    });
    const noises = tracks.map((_, k) => stream(k, 'noise'));
    receiveWindow(set, w, tracks, codebook, evaluator, model.channel.snr, noises);
  }
  return set;
}

function labelWindow(
  { best, known, numSlots, numUsers }: WindowSet,
  w: number,
  tracks: readonly UserTrack[],
  codebook: PolarCodebook,
  evaluator: ChannelEvaluator,
): void {
  for (let slot = 0; slot <= numSlots; slot++) {
    for (let k = 0; k < numUsers; k++) {
      evaluator.setChannel(tracks[k]!.pathsAt(slot));
      const column = codebook.column(evaluator.best());
      best[(w * (numSlots + 1) + slot) * numUsers + k] = column;
      if (slot < numSlots) known[(w * numSlots + slot) * numUsers + k] = column;
    }
  }
}

function senseTrack(
  { sensed, numSlots, numUsers }: WindowSet,
  w: number,
  k: number,
  { steps }: UserTrack,
  { sensors }: DrawnModel,
  random: Random,
): void {
  for (let slot = 0; slot < numSlots; slot++) {
    const { positionM, speedMPerS, headingRad } = steps[slot]!;
    const at = ((w * numSlots + slot) * numUsers + k) * 4;
    sensed[at] = positionM[0] + sensors.position * random.normal();
    sensed[at + 1] = positionM[1] + sensors.position * random.normal();
    const speed = speedMPerS + sensors.speed * random.normal();
    const heading = headingRad + sensors.heading * random.normal();
    sensed[at + 2] = speed * Math.cos(heading);
    sensed[at + 3] = speed * Math.sin(heading);
  }
}

function strayTrack(
  { best, known, sensed, numSlots, numUsers }: WindowSet,
  w: number,
  k: number,
  codebook: PolarCodebook,
  share: number,
  random: Random,
): void {
  if (random.uniform() >= share) return;
  const bestOf = (slot: number) => best[(w * (numSlots + 1) + slot) * numUsers + k]!;
  const { columns, gaps } = straysOf(
    Array.from({ length: numSlots }, (_, slot) => bestOf(slot)),
    codebook,
    random,
  );
  columns.forEach((column, slot) => {
    const at = (w * numSlots + slot) * numUsers + k;
    known[at] = column;
    if (gaps[slot]) sensed.fill(Number.NaN, at * 4, at * 4 + 4);
  });
}

function receiveWindow(
  { known, amplitudes, numSlots, numUsers }: WindowSet,
  w: number,
  tracks: readonly UserTrack[],
  codebook: PolarCodebook,
  evaluator: ChannelEvaluator,
  snrDb: number,
  noises: readonly Random[],
): void {
  const variance = noiseVariance(snrDb);
  const scale = 1 / Math.sqrt(codebook.array.numElements);
  for (let slot = 0; slot < numSlots; slot++) {
    for (let k = 0; k < numUsers; k++) {
      evaluator.setChannel(tracks[k]!.pathsAt(slot));
      const row = (w * numSlots + slot) * numUsers;
      for (let j = 0; j < numUsers; j++) {
        const { re, im } = evaluator.receive(codebook.codeword(codebook.indexOf(known[row + j]!)));
        const noise = drawNoise(variance, noises[k]!);
        const power = (re + noise.re) ** 2 + (im + noise.im) ** 2;
        amplitudes[(row + k) * numUsers + j] = scale * Math.sqrt(Math.max(0, power - variance));
      }
    }
  }
}

function writePaths(
  { paths, numUsers, numPaths }: WindowSet,
  w: number,
  k: number,
  of: readonly Path[],
): void {
  of.forEach(({ gain, positionM: [xM, yM] }, l) => {
    paths.set([gain.re, gain.im, xM, yM], ((w * numUsers + k) * numPaths + l) * 4);
  });
}
