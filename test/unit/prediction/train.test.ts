import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LinearArray } from '../../../src/array/linear-array.js';
import { PolarCodebook } from '../../../src/codebook/polar.js';
import { evaluateModels } from '../../../src/prediction/motion/evaluation/evaluate.js';
import { codebookOf, readModelFile } from '../../../src/prediction/motion/model-file.js';
import { readModel } from '../../../src/prediction/motion/model-folder.js';
import { type TrainingOutcome, trainModel } from '../../../src/prediction/motion/train.js';
import { requireModelFor } from '../../../src/prediction/motion/trained-model.js';
import { drawnHere } from '../../fixtures/drawn-here.js';

const model = readModelFile('test/fixtures/models/tiny.yaml');
const place = mkdtempSync(path.join(tmpdir(), 'beamloop-train-'));
const folder = (name: string) => path.join(place, name);
let outcome: TrainingOutcome;

beforeAll(async () => {
  outcome = await trainModel(model, { folder: folder('whole'), resume: false, executor: drawnHere });
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

describe('training', () => {
  it('learns: the loss falls, and the model folder holds the best epoch', () => {
    const { history, best } = outcome.state;
    expect(history.at(-1)!.loss).toBeLessThan(history[0]!.loss);
    expect(best!.score).toBe(Math.max(...history.map(({ score }) => score)));
    expect(readModel(folder('whole')).making.epoch).toBe(best!.epoch);
  });

  it('leaves no checkpoint behind', () => {
    expect(readdirSync(folder('whole')).sort()).toEqual(['model.json', 'weights.bin']);
  });

  it('interrupted anywhere and gone on with, it comes to the same weights', async () => {
    for (const numSteps of [2, 3, 7]) {
      const stop = new AbortController();
      let steps = 0;
      const interrupted = trainModel(model, {
        folder: folder(`resumed-${numSteps}`),
        resume: false,
        executor: drawnHere,
        signal: stop.signal,
        onProgress: ({ state }) => {
          steps = state.adam.numSteps;
          if (steps === numSteps) stop.abort(new Error('Ctrl-C'));
        },
      });
      await expect(interrupted).rejects.toMatchObject({ code: 'INTERRUPTED' });
      const resumed = await trainModel(model, {
        folder: folder(`resumed-${numSteps}`),
        resume: true,
        executor: drawnHere,
      });
      expect(resumed.contentHash).toBe(outcome.contentHash);
    }
  });

  it('ends when the validation score has not risen for as long as one is patient', async () => {
    // Nothing is learned at such a rate: the first epoch stays the best.
    const still = { ...model, training: { ...model.training, epochs: 50, rate: 1e-12, patience: 2 } };
    const { state } = await trainModel(still, {
      folder: folder('still'),
      resume: false,
      executor: drawnHere,
    });
    expect(state.numEpochs).toBe(3);
    expect(state.best!.epoch).toBe(1);
  });

  it('does not go on with what another model file began, and says both values', async () => {
    const stop = new AbortController();
    const of = folder('other');
    const onProgress = () => stop.abort(new Error('Ctrl-C'));
    await trainModel(model, {
      folder: of,
      resume: false,
      executor: drawnHere,
      signal: stop.signal,
      onProgress,
    }).catch(() => {});
    const other = { ...model, seed: 4 };
    await expect(trainModel(other, { folder: of, resume: true, executor: drawnHere })).rejects.toMatchObject({
      code: 'MODEL_MISMATCH',
      what: expect.stringMatching(/seed 3.*4/),
    });
  });

  it('does not train over a model', async () => {
    const again = trainModel(model, { folder: folder('whole'), resume: false, executor: drawnHere });
    await expect(again).rejects.toMatchObject({ code: 'BAD_ARGUMENT', where: folder('whole') });
  });
});

describe('a model folder', () => {
  let copies = 0;
  function damaged(damage: (copy: string) => void): string {
    const copy = folder(`damaged-${copies++}`);
    cpSync(folder('whole'), copy, { recursive: true });
    damage(copy);
    return copy;
  }
  const change = (copy: string, text: (json: string) => string) => {
    const file = path.join(copy, 'model.json');
    writeFileSync(file, text(readFileSync(file, 'utf8')));
  };
  const changeBytes = (copy: string, bytes: (all: Buffer) => Buffer) => {
    const file = path.join(copy, 'weights.bin');
    writeFileSync(file, bytes(readFileSync(file)));
  };

  it.each<[string, (copy: string) => void, RegExp]>([
    ['without weights', (copy) => rmSync(path.join(copy, 'weights.bin')), /no weights\.bin/],
    ['without a description', (copy) => rmSync(path.join(copy, 'model.json')), /no model\.json/],
    ['cut off', (copy) => changeBytes(copy, (all) => all.subarray(0, 1001)), /1001 bytes of weights/],
    [
      'with a changed weight',
      (copy) =>
        changeBytes(copy, (all) =>
          Buffer.concat([all.subarray(0, 400), Buffer.alloc(4, 3), all.subarray(404)]),
        ),
      /hash/,
    ],
    ['with a description cut off', (copy) => change(copy, (json) => json.slice(0, 900)), /not JSON/],
    [
      'with another shape',
      (copy) => change(copy, (json) => json.replace('"gru.reset.input"', '"gru.x"')),
      /gru\.reset\.input/,
    ],
    [
      'of another network',
      (copy) => change(copy, (json) => json.replace('"network": "stgcn"', '"network": "gcn"')),
      /weights/,
    ],
    [
      'with another temperature',
      (copy) => change(copy, (json) => json.replace(/"temperature": /, '"temperature": 1')),
      /hash/,
    ],
    [
      'without a temperature',
      (copy) => change(copy, (json) => json.replace('"temperature"', '"t"')),
      /temperature/,
    ],
  ])('%s is one clear error', (_, damage, what) => {
    const copy = damaged(damage);
    expect(() => readModel(copy)).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID', what: expect.stringMatching(what), where: copy }),
    );
  });

  it('with weights that are no numbers is refused even where its hash fits', async () => {
    const trained = readModel(folder('whole'));
    const { writeModel } = await import('../../../src/prediction/motion/model-folder.js');
    const weights = trained.weights.map((weight) => weight.slice());
    weights[2]![5] = Number.NaN;
    await writeModel(folder('nan'), { ...trained, weights });
    expect(() => readModel(folder('nan'))).toThrow(/no finite numbers/);
  });

  it('is refused for another array, codebook or epoch, with both values', () => {
    const trained = readModel(folder('whole'));
    const codebook = codebookOf(trained.model);
    expect(() => requireModelFor(trained, codebook, 0.02, 'folder')).not.toThrow();
    expect(() => requireModelFor(trained, codebook, 0.05, 'folder')).toThrow(/epoch 20 ms.*epoch 50 ms/);
    const array = new LinearArray({ numElements: 128, carrierHz: 28e9 });
    const other = new PolarCodebook(array, { numRings: 3, numAngles: 32, withInfinity: false });
    expect(() => requireModelFor(trained, other, 0.02, 'folder')).toThrow(/elements 64.*elements 128/);
    const infinite = new PolarCodebook(codebook.array, { numRings: 3, numAngles: 32 });
    expect(() => requireModelFor(trained, infinite, 0.02, 'folder')).toThrow(
      expect.objectContaining({ code: 'MODEL_MISMATCH', what: expect.stringMatching(/outermost ring/) }),
    );
  });
});

describe('evaluation', () => {
  it('gives the last beam the gain that it has, and models with known answers theirs', async () => {
    const trained = readModel(folder('whole'));
    const scores = await evaluateModels([{ folder: 'm', trained }], {
      numWindows: 40,
      seed: 9,
      executor: drawnHere,
    });
    const names = scores.map(({ name }) => name);
    expect(names).toEqual(['stgcn', 'hold', 'hold-slots', 'ekf-position', 'ekf-velocity']);
    const [own, hold, holdSlots] = scores;
    expect(hold!.gain.mean).toBeGreaterThan(holdSlots!.gain.mean);
    expect(hold!.gain.mean).toBeLessThan(1);
    expect(own!.top3!.mean).toBeGreaterThanOrEqual(own!.top1.mean);
    expect(hold!.advantage!.mean).toBeCloseTo(own!.gain.mean - hold!.gain.mean, 10);
    for (const { gain } of scores) {
      expect(gain.low).toBeLessThanOrEqual(gain.mean);
      expect(gain.high).toBeGreaterThanOrEqual(gain.mean);
    }
  });

  it('with exact sensors and straight walks, the filter with velocity names the best beam nearly always', async () => {
    const trained = readModel(folder('whole'));
    const exact = {
      ...trained,
      model: {
        ...trained.model,
        motion: { ...trained.model.motion, turn: 0 },
        sensors: { position: 0, speed: 0, heading: 0 },
        channel: { ...trained.model.channel, scatterers: 0 },
      },
    };
    const scores = await evaluateModels([{ folder: 'm', trained: exact }], {
      numWindows: 60,
      seed: 9,
      executor: drawnHere,
    });
    const filter = scores.find(({ name }) => name === 'ekf-velocity')!;
    expect(filter.gain.mean).toBeGreaterThan(0.99);
  });
});
