import { describe, expect, it } from 'vitest';
import { channelVector } from '../../../src/channel/channel.js';
import { createEvaluator } from '../../../src/channel/evaluator.js';
import { codewordWeights } from '../../../src/codebook/weights.js';
import { magnitude, transposeProduct } from '../../../src/core/complex.js';
import { drawTrack, userRandom } from '../../../src/prediction/motion/data/draw-channel.js';
import { drawWindows } from '../../../src/prediction/motion/data/draw-window.js';
import { drawWindowSets } from '../../../src/prediction/motion/data/window-draws.js';
import { codebookOf, readModelFile } from '../../../src/prediction/motion/model-file.js';
import { drawnHere } from '../../fixtures/drawn-here.js';

const model = readModelFile('test/fixtures/models/tiny.yaml');
const codebook = codebookOf(model);

function draw(
  purpose: 'training' | 'validation' | 'evaluation',
  firstWindow: number,
  numWindows: number,
  of = model,
) {
  return drawWindows(of, codebook, createEvaluator(codebook), {
    purpose,
    firstWindow,
    numWindows,
    seed: of.seed,
  });
}

describe('windows', () => {
  it('are the same however they are shared out', async () => {
    const told: unknown[] = [];
    const [training, validation] = await drawWindowSets(
      { model, seed: 3, purposes: ['training', 'validation'] },
      [45, 7],
      drawnHere,
      { onProgress: (...each) => void told.push(each) },
    );
    expect(training).toEqual(draw('training', 0, 45));
    expect(validation).toEqual(draw('validation', 0, 7));
    expect(told).toEqual([20, 40, 45, 52].map((numDone) => [numDone, 52]));
  });

  it('have the labels of exhaustive search', () => {
    const set = draw('evaluation', 0, 4);
    for (let w = 0; w < 4; w++) {
      for (let k = 0; k < set.numUsers; k++) {
        const track = drawTrack(model, userRandom(model.seed, 'evaluation', w, k, 'track'));
        for (let slot = 0; slot <= set.numSlots; slot++) {
          const h = channelVector(codebook.array, track.pathsAt(slot));
          let best = 0;
          let most = -1;
          for (let column = 0; column < codebook.numCodewords; column++) {
            const weights = codewordWeights(
              codebook.codeword(codebook.indexOf(column)),
              codebook.array.carrierHz,
            );
            const amplitude = magnitude(transposeProduct(h, weights));
            if (amplitude > most) [best, most] = [column, amplitude];
          }
          expect(set.best[(w * (set.numSlots + 1) + slot) * set.numUsers + k]).toBe(best);
        }
      }
    }
  });

  it('tell the best beams and every reading unless they are for training', () => {
    const set = draw('validation', 0, 20);
    for (let w = 0; w < 20; w++) {
      const perSlots = set.numSlots * set.numUsers;
      const best = set.best.slice(w * (perSlots + set.numUsers), w * (perSlots + set.numUsers) + perSlots);
      expect(set.known.slice(w * perSlots, (w + 1) * perSlots)).toEqual(best);
    }
    expect(set.sensed.every(Number.isFinite)).toBe(true);
  });

  it('of training have strays and gaps in the share of tracks that was asked for', () => {
    const set = draw('training', 0, 60, { ...model, strays: 0.5 });
    const { numSlots, numUsers } = set;
    let withGaps = 0;
    for (let w = 0; w < 60; w++) {
      for (let k = 0; k < numUsers; k++) {
        const slots = Array.from(
          { length: numSlots },
          (_, slot) => set.sensed[((w * numSlots + slot) * numUsers + k) * 4]!,
        );
        expect(slots[0]).not.toBeNaN();
        if (slots.some(Number.isNaN)) withGaps++;
      }
    }
    // A stray track of four slots has a gap in 1 - 0.7^3 of cases: 59 of 180 on average.
    expect(withGaps).toBeGreaterThan(40);
    expect(withGaps).toBeLessThan(80);
  });

  it('have sensors that are off by what the file says', () => {
    const set = draw('validation', 0, 100);
    let squares = 0;
    for (let w = 0; w < 100; w++) {
      for (let k = 0; k < set.numUsers; k++) {
        const { steps } = drawTrack(model, userRandom(model.seed, 'validation', w, k, 'track'));
        const at = (w * set.numSlots * set.numUsers + k) * 4;
        squares += (set.sensed[at]! - steps[0]!.positionM[0]) ** 2;
      }
    }
    expect(Math.sqrt(squares / 300)).toBeGreaterThan(0.17);
    expect(Math.sqrt(squares / 300)).toBeLessThan(0.23);
  });

  it('receive with the last beam what the channel gives, noise apart', () => {
    const quiet = { ...model, channel: { ...model.channel, snr: Infinity } };
    const set = draw('evaluation', 0, 2, quiet);
    const { numSlots, numUsers } = set;
    const track = drawTrack(quiet, userRandom(quiet.seed, 'evaluation', 1, 2, 'track'));
    const slot = 3;
    const graph = numSlots + slot;
    for (let j = 0; j < numUsers; j++) {
      const column = set.known[graph * numUsers + j]!;
      const weights = codewordWeights(codebook.codeword(codebook.indexOf(column)), codebook.array.carrierHz);
      const wanted =
        magnitude(transposeProduct(channelVector(codebook.array, track.pathsAt(slot)), weights)) / 8;
      expect(set.amplitudes[(graph * numUsers + 2) * numUsers + j]).toBeCloseTo(wanted, 5);
    }
  });
});
