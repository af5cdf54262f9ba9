import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blurredGrey, motionMask } from '../../../../src/camera/motion-mask.js';
import { dataSchema, openData, readWindows } from '../../../../src/prediction/camera/data/dataset-windows.js';
import type { WindowSet } from '../../../../src/prediction/camera/data/window-set.js';
import { cameraFamily } from '../../../../src/prediction/camera/family.js';
import { importSource } from '../../../../src/prediction/datasets/import.js';
import { openSource } from '../../../../src/prediction/datasets/source.js';
import { type DrawnPass, pictureOf, writeCameraScenario } from '../../../fixtures/camera-scenario.js';
import { drawnHere } from '../../../fixtures/drawn-here.js';

const NUM_PASSES = 10;
/** Of 16 samples: 14 make a window. */
const PER_PASS = 3;

let root: string;
let drawn: DrawnPass[];
const place = (name: string) => path.join(root, name);

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'beamloop-camera-'));
  drawn = await writeCameraScenario(place('scenario'), NUM_PASSES);
  const source = await openSource(place('scenario'));
  await importSource(source, place('paths'));
  await importSource(source, place('bytes'), { imageBytes: true });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const section = (set: string, more: object = {}) =>
  dataSchema.parse({ set, validation: 0.2, test: 0.2, ...more });

async function all(
  set: string,
  size: number | null = 56,
  onProblem?: (what: string) => void,
): Promise<WindowSet> {
  const wanted = { section: null, seed: 1, numBeams: 64, size, parts: ['test'] as const };
  const source = await openData(section(set));
  const parts = await readWindows(source, set, wanted, { onProblem: ({ what }) => onProblem?.(what) });
  return parts.get('test')!;
}

function maskOf({ masks, maskPlaces }: WindowSet, window: number, m: number): Uint8Array {
  const mask = new Uint8Array(masks.size ** 2);
  masks.read(maskPlaces[7 * window + m]!, mask);
  return mask;
}

describe('windows of a data set', () => {
  it('show what its pictures show, and tell its beams', async () => {
    const set = await all(place('paths'));
    expect(set.numWindows).toBe(PER_PASS * NUM_PASSES);
    // Shared by neighbouring windows: a pass of 16 pictures has no more than 15 masks, and 9 of them are looked at.
    expect(set.masks.numMasks).toBe(9 * NUM_PASSES);
    for (const [w, [pass, first]] of [
      [4, [2, 1]],
      [29, [10, 2]],
    ] as const) {
      const { pixels, beams } = drawn[pass - 1]!;
      expect(set.passes[w]).toBe(pass);
      expect([...set.future.subarray(7 * w, 7 * w + 7)]).toEqual(beams.slice(first + 7, first + 14));
      const before = beams.slice(first, first + 7);
      expect([...set.past.subarray(8 * w, 8 * w + 8)]).toEqual([before[0], ...before]);
      const seen = pixels
        .slice(first, first + 8)
        .map((each) => blurredGrey({ boardTimeS: 0, width: 56, height: 56, channels: 1, pixels: each }));
      for (let m = 0; m < 7; m++) {
        expect(Buffer.compare(maskOf(set, w, m), motionMask(seen[m]!, seen[m + 1]!))).toBe(0);
      }
    }
  });

  it('are the same from paths, from bytes and from the folder as it was published', async () => {
    const wanted = await all(place('paths'));
    for (const other of [await all(place('bytes')), await all(place('scenario'))]) {
      expect(other.future).toEqual(wanted.future);
      for (let w = 0; w < wanted.numWindows; w += 7) {
        for (let m = 0; m < 7; m++) expect(Buffer.compare(maskOf(other, w, m), maskOf(wanted, w, m))).toBe(0);
      }
    }
  });

  it('are left out, and it is told, where a picture is broken or gone', async () => {
    cpSync(place('scenario'), place('broken'), { recursive: true });
    const picture = place(`broken/${pictureOf(3, 8)}`);
    writeFileSync(picture, readFileSync(picture).subarray(0, 300));
    rmSync(place(`broken/${pictureOf(5, 1)}`));
    const said: string[] = [];
    const set = await all(place('broken'), 56, (what) => said.push(what));
    const count = (pass: number) => set.passes.filter((each) => each === pass).length;
    // Windows begin at 0, 1 and 2 and look at eight pictures.
    expect([count(2), count(3), count(5)]).toEqual([PER_PASS, 1, 1]);
    expect(said.sort()).toEqual([
      'a picture cannot be decoded',
      'a picture of the window is missing or broken',
    ]);
    // Who needs no pictures keeps them all.
    expect((await all(place('broken'), null)).numWindows).toBe(PER_PASS * NUM_PASSES);
  });
});

const file = (name: string, data: object, more = '') => {
  const text = `title: Tiny\nnetwork: camera\ndata: ${JSON.stringify({ validation: 0.2, test: 0.2, ...data })}\ntraining: { epochs: 2, batch: 8 }\n${more}`;
  writeFileSync(place(name), text);
  return cameraFamily.readModelFile(place(name));
};
const train = (model: ReturnType<typeof file>, folder: string) =>
  cameraFamily.train(model, { folder: place(folder), resume: false, executor: drawnHere });
const evaluate = (folders: readonly string[], data?: string) =>
  cameraFamily.evaluate(folders.map(place), {
    numExamples: 10,
    seed: 1,
    executor: drawnHere,
    data: data === undefined ? data : { set: data },
  });

describe('a model of a data set', () => {
  beforeAll(async () => {
    await train(file('paths.yaml', { set: place('paths') }), 'model');
    await train(file('bytes.yaml', { set: place('bytes') }), 'of-bytes');
  });

  it('is for its beams, its interval and its content, and does not depend on where pictures are', () => {
    const { model, making } = JSON.parse(readFileSync(place('model/model.json'), 'utf8'));
    const { contentHash } = JSON.parse(readFileSync(place('paths/manifest.json'), 'utf8'));
    expect(model).toMatchObject({ beams: 64, data: { contentHash } });
    expect(model.interval).toBeCloseTo(0.11, 9);
    expect(making.windows).toEqual({ training: 6 * PER_PASS, validation: 2 * PER_PASS });
    expect(readFileSync(place('of-bytes/weights.bin'))).toEqual(readFileSync(place('model/weights.bin')));
  });

  it('is scored on the passes that were kept from it, beside what learns nothing', async () => {
    const { heading, rows, result } = await evaluate(['model']);
    expect(heading).toMatch(/^6 windows of 2 passes of /);
    expect(rows.map(([name]) => name)).toHaveLength(4);
    expect(result).toMatchObject({ numWindows: 6, numPasses: 2 });
    const card = cameraFamily.cardOf(place('model'));
    expect(JSON.stringify(card)).toContain('18 + 6 windows of');
  });

  it('finds its passes in a copy, and is scored on all of another data set', async () => {
    cpSync(place('paths'), place('moved'), { recursive: true });
    expect((await evaluate(['model'], place('moved'))).result).toMatchObject({ numPasses: 2 });
    expect((await evaluate(['model'], place('scenario'))).result).toMatchObject({ numPasses: NUM_PASSES });
  });

  it('is not scored beside one that has seen the passes, nor on a data set that changed', async () => {
    await train(file('seed.yaml', { set: place('paths') }, 'seed: 2\n'), 'other-seed');
    await expect(evaluate(['model', 'other-seed'])).rejects.toMatchObject({ code: 'MODEL_MISMATCH' });
    renameSync(place('paths'), place('away'));
    await expect(evaluate(['model'])).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    cpSync(place('bytes'), place('paths'), { recursive: true });
    await expect(evaluate(['model'])).rejects.toThrow(/another hash/);
    rmSync(place('paths'), { recursive: true });
    renameSync(place('away'), place('paths'));
  });

  it.each([
    ['another number of beams', {}, 'beams: 32\n', /64 beams, and the model file says 32.*/],
    ['another interval', {}, 'interval: 200 ms\n', /110 ms apart/],
    ['no folder', { set: 'nowhere' }, '', /no such folder/],
    ['too many passes kept', { validation: 0.6, test: 0.5 }, '', /a part would have none/],
    ['another content', { contentHash: 'abc' }, '', /another hash/],
  ])('is refused for %s', async (_, data, more, message) => {
    const model = file('wrong.yaml', { set: place('paths'), ...data }, more);
    await expect(train(model, 'wrong')).rejects.toThrow(message);
  });

  it('has no windows of the drawn street', () => {
    expect(() => file('both.yaml', { set: 'x' }, 'windows: { training: 10 }\n')).toThrow(/drawn street/);
  });
});
