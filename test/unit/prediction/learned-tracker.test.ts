import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PointM } from '../../../src/array/linear-array.js';
import { createEvaluator } from '../../../src/channel/evaluator.js';
import { openBackend } from '../../../src/prediction/backend/tensorflow.js';
import { drawWindows } from '../../../src/prediction/motion/data/draw-window.js';
import { batchOf, examplesOf, standardiseExamples } from '../../../src/prediction/motion/data/examples.js';
import { topColumn } from '../../../src/prediction/motion/heads/ranking.js';
import { scoresOf } from '../../../src/prediction/motion/loss.js';
import { codebookOf, readModelFile } from '../../../src/prediction/motion/model-file.js';
import { readModel } from '../../../src/prediction/motion/model-folder.js';
import { networkDesign } from '../../../src/prediction/motion/networks/kinds.js';
import { LearnedTracker } from '../../../src/prediction/motion/trackers/learned-tracker.js';
import { LEARNED_TRACKERS } from '../../../src/prediction/motion/trackers/learned-trackers.js';
import { trainModel } from '../../../src/prediction/motion/train.js';
import type { TrainedModel } from '../../../src/prediction/motion/trained-model.js';
import type { EpochPilot, SensorReading, UserEpoch } from '../../../src/tracking/tracker.js';
import { drawnHere } from '../../fixtures/drawn-here.js';

const file = readModelFile('test/fixtures/models/tiny.yaml');
const codebook = codebookOf(file);
const place = mkdtempSync(path.join(tmpdir(), 'beamloop-tracker-'));
const folder = path.join(place, 'tiny');
let trained: TrainedModel;

beforeAll(async () => {
  // A little more than the file says, so that it has learned to follow.
  const model = {
    ...file,
    windows: { training: 300, validation: 40 },
    training: { ...file.training, epochs: 15, patience: 15 },
  };
  await trainModel(model, { folder, resume: false, executor: drawnHere });
  trained = readModel(folder);
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

const setting = (numUsers: number) => ({ codebook, numUsers, epochS: 0.02, seed: 1 });

function reading(
  positionM: PointM,
  velocityMPerS: readonly [number, number],
  boardTimeS: number,
): SensorReading {
  return {
    ...{ boardTimeS, positionM, velocityMPerS },
    covariance: [0.04, 0, 0, 0, 0, 0.04, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
  };
}

/** Probabilities to a power, scaled to sum to 1. */
function sharpened(probabilities: ReadonlyMap<number, number>, power: number): Map<number, number> {
  const raised = [...probabilities].map(([column, probability]) => [column, probability ** power] as const);
  const sum = raised.reduce((total, [, value]) => total + value, 0);
  return new Map(raised.map(([column, value]) => [column, value / sum]));
}

describe('a learned tracker', () => {
  it('told of a window, predicts what TensorFlow predicts of it', async () => {
    const run = { purpose: 'evaluation', firstWindow: 0, numWindows: 6, seed: 8 } as const;
    const set = drawWindows(trained.model, codebook, createEvaluator(codebook), run);
    const { numSlots, numUsers } = set;
    const design = networkDesign('stgcn', { codebook, epochS: 0.02, numSlots });
    const examples = examplesOf(set, design.features, design.head, 0.02);
    standardiseExamples(examples, trained.standardisation);
    const { tf } = await openBackend('cpu');
    const { batch } = batchOf(tf, examples, [0, 1, 2, 3, 4, 5]);
    const scores = scoresOf(tf, design.network, trained.weights, batch);
    for (let w = 0; w < 6; w++) {
      const amplitudeAt = (slot: number, k: number, j: number) =>
        set.amplitudes[((w * numSlots + slot) * numUsers + k) * numUsers + j]!;
      const first = Array.from({ length: numUsers }, (_, k) => amplitudeAt(0, k, k)).sort((a, b) => a - b);
      // The first powers settle the unit: here they are in that of training.
      const inUnit = { ...trained, typicalAmplitude: first[1]! };
      const tracker = new LearnedTracker(inUnit, setting(numUsers), 0);
      const knownAt = (slot: number, k: number) => set.known[(w * numSlots + slot) * numUsers + k]!;
      for (let slot = 0; slot < numSlots; slot++) {
        const timeS = slot * 0.02;
        const epoch = Array.from({ length: numUsers }, (_, k): UserEpoch => {
          const at = ((w * numSlots + slot) * numUsers + k) * 4;
          const [x, y, vx, vy] = set.sensed.subarray(at, at + 4) as unknown as [
            number,
            number,
            number,
            number,
          ];
          if (slot === 0) tracker.found(k, { column: knownAt(0, k), positionM: [x, y] }, timeS);
          const pilots = Array.from({ length: numUsers }, (_, j): EpochPilot => {
            const purpose = j === k ? 'serve' : 'interference';
            return { column: knownAt(slot, j), purpose, power: amplitudeAt(slot, k, j) ** 2, servedUser: j };
          });
          return { pilots, noiseFloor: 0, sensors: [reading([x, y], [vx, vy], timeS)] };
        });
        tracker.observe(epoch, timeS);
      }
      const predictions = tracker
        .predict(numSlots * 0.02)
        .map((each) => [...each!].sort((a, b) => b.probability - a.probability));
      for (let k = 0; k < numUsers; k++) {
        const row = w * numUsers + k;
        const { numClasses } = design.head;
        const own = scores.subarray(row * numClasses, (row + 1) * numClasses);
        expect(predictions[k]![0]!.column).toBe(topColumn(own, design.head, knownAt(numSlots - 1, k)));
      }
    }
  });

  it('gives a filter of places half of the probability unless told otherwise', () => {
    const predict = (share?: number) => {
      const tracker = new LearnedTracker(trained, setting(1), share);
      tracker.found(0, { column: 40, positionM: [8, 1] }, 0);
      const pilots: EpochPilot[] = [{ column: 40, purpose: 'serve', power: 30, servedUser: 0 }];
      tracker.observe([{ pilots, noiseFloor: 0, sensors: [reading([8, 1], [0, 5], 0)] }], 0);
      return new Map(tracker.predict(0.02)[0]!.map(({ column, probability }) => [column, probability]));
    };
    const [network, filter, both] = [predict(0), predict(1), predict()];
    expect([...network.keys()]).not.toEqual([...filter.keys()]);
    // The filter's share is sharpened where it has it all, too.
    const plain = sharpened(filter, 1 / 1.3);
    const mean = [...both.keys()].map((column) => {
      const half = ((network.get(column) ?? 0) + (plain.get(column) ?? 0)) / 2;
      return [column, half] as const;
    });
    const expected = sharpened(new Map(mean), 1.3);
    for (const [column, probability] of both) expect(probability).toBeCloseTo(expected.get(column)!, 2);
  });

  it('knows nothing of a user before it was found, and then what the scheme found', () => {
    const tracker = new LearnedTracker(trained, setting(2));
    tracker.found(1, { column: 40, positionM: [8, 1] }, 0);
    const [first, second] = tracker.predict(0);
    expect(first).toBeNull();
    expect(second![0]!.column).toBe(40);
  });

  /** A user that stands at [10, 1.1] m, whose beam is the best there; what its sensor says is drawn by `say`. */
  function standing(numEpochs: number, say: (epoch: number) => SensorReading[], hears = true) {
    const placeM: PointM = [10, 1.1];
    const evaluator = createEvaluator(codebook);
    evaluator.setChannel([{ gain: { re: 1, im: 0 }, positionM: placeM }]);
    const best = codebook.column(evaluator.best());
    const tracker = new LearnedTracker(trained, setting(1));
    tracker.found(0, { column: best, positionM: placeM }, 0);
    let served = best;
    for (let epoch = 0; epoch < numEpochs; epoch++) {
      const { re, im } = evaluator.receive(codebook.codeword(codebook.indexOf(served)));
      const power = hears || epoch < 5 ? re * re + im * im : null;
      const pilots: EpochPilot[] = [{ column: served, purpose: 'serve', power, servedUser: 0 }];
      tracker.observe([{ pilots, noiseFloor: 0, sensors: say(epoch) }], epoch * 0.02);
      served = tracker.predict((epoch + 1) * 0.02)[0]![0]!.column;
    }
    const { re, im } = evaluator.receive(codebook.codeword(codebook.indexOf(served)));
    evaluator.receive(codebook.codeword(codebook.indexOf(best)));
    const most = evaluator.receive(codebook.codeword(codebook.indexOf(best)));
    const gain = (re * re + im * im) / (most.re ** 2 + most.im ** 2);
    return { gain, confidence: tracker.predict(numEpochs * 0.02)[0]![0]!.probability };
  }
  const honest = (epoch: number) => [reading([10, 1.1], [0, 0], epoch * 0.02)];

  it('keeps a user in its beam by its own predictions', () => {
    expect(standing(60, honest).gain).toBeGreaterThan(0.5);
  });

  it('does not follow a sensor that lies by 20 m while the beam holds', () => {
    const lying = (epoch: number) =>
      epoch < 20 ? honest(epoch) : [reading([10, 21.1], [0, 0], epoch * 0.02)];
    expect(standing(60, lying).gain).toBeGreaterThan(0.5);
  });

  it('is less sure when sensors are silent, and when nothing is heard', () => {
    const silent = (epoch: number) => (epoch < 20 ? honest(epoch) : []);
    const { confidence } = standing(20, honest);
    expect(standing(30, silent).confidence).toBeLessThan(confidence);
    expect(standing(20, honest, false).confidence).toBeLessThan(confidence);
  });

  it('does not care about the unit of powers', () => {
    const predict = (unit: number) => {
      const tracker = new LearnedTracker(trained, setting(2));
      const columns = [40, 52];
      columns.forEach((column, k) => {
        tracker.found(k, { column, positionM: [10 + k, k] }, 0);
      });
      for (let epoch = 0; epoch < 6; epoch++) {
        const users = columns.map((column, k): UserEpoch => {
          const power = unit * (30 + 5 * k + epoch);
          const sensors = [reading([10 + k, k], [0, 5], epoch * 0.02)];
          return { pilots: [{ column, purpose: 'serve', power, servedUser: k }], noiseFloor: unit, sensors };
        });
        tracker.observe(users, epoch * 0.02);
      }
      return tracker.predict(0.12);
    };
    const [a, b] = [predict(1), predict(2 ** -40)];
    expect(b).toEqual(a);
  });
});

it('a model folder of another network is not taken for this tracker', () => {
  const definition = LEARNED_TRACKERS.find(({ name }) => name === 'gcn')!;
  expect(() => definition.build({ name: 'gcn', model: folder }, setting(2))).toThrow(
    expect.objectContaining({ code: 'MODEL_MISMATCH' }),
  );
});
