/** Data that an executor has drawn somewhere else, in another order, are those that are drawn here in one go. */
import { describe, expect, it } from 'vitest';
import { createEvaluator } from '../../../src/channel/evaluator.js';
import type { Executor } from '../../../src/fan-out/executor.js';
import { decodeData, encodeData } from '../../../src/fan-out/plain-data.js';
import { drawStreetSets } from '../../../src/prediction/camera/data/street-draws.js';
import { drawStreetWindows } from '../../../src/prediction/camera/data/street-windows.js';
import { dataSimulatorOf, isDrawnData } from '../../../src/prediction/drawn-data.js';
import { drawWindows } from '../../../src/prediction/motion/data/draw-window.js';
import { drawWindowSets } from '../../../src/prediction/motion/data/window-draws.js';
import { codebookOf, drawnModelOf, readModelFile } from '../../../src/prediction/motion/model-file.js';
import { drawCities } from '../../../src/prediction/sweep/data/city-draws.js';
import { drawCitySweep } from '../../../src/prediction/sweep/data/city-sweep.js';

/** As workers do: everything as bytes on the way, jobs last to first, each by a simulator of its own. */
const elsewhere: Executor = {
  async *runJobs<Result>(...[simulation, jobs]: Parameters<Executor['runJobs']>) {
    const sent = <T>(value: T): T => decodeData(encodeData(value)) as T;
    const results: Result[] = [];
    for (let index = jobs.length - 1; index >= 0; index--) {
      const simulator = dataSimulatorOf(sent(simulation));
      results[index] = sent((await simulator.run(sent(jobs.at(index)!))) as Result);
    }
    yield* results;
  },
};

describe('data drawn elsewhere', () => {
  it('are the windows of walks, gaps of sensors and all', async () => {
    const model = drawnModelOf({ ...readModelFile('test/fixtures/models/tiny.yaml'), strays: 0.9 });
    const draws = { model, seed: 5, purposes: ['training', 'evaluation'] as const };
    const [training, evaluation] = await drawWindowSets(draws, [25, 21], elsewhere, {});
    const codebook = codebookOf(model);
    const here = (purpose: 'training' | 'evaluation', numWindows: number) =>
      drawWindows(model, codebook, createEvaluator(codebook), {
        purpose,
        firstWindow: 0,
        numWindows,
        seed: 5,
      });
    expect(training).toEqual(here('training', 25));
    expect(evaluation).toEqual(here('evaluation', 21));
    expect(training!.sensed.some(Number.isNaN)).toBe(true);
  });

  it('are the windows of the street with their masks', async () => {
    const setting = { numBeams: 64, seed: 2 };
    const sets = await drawStreetSets(
      { setting, purposes: ['validation', 'training'] },
      [3, 23],
      elsewhere,
      {},
    );
    for (const [k, purpose] of (['validation', 'training'] as const).entries()) {
      const { masks, ...drawn } = sets[k]!;
      const numWindows = drawn.numWindows;
      const { masks: wanted, ...here } = drawStreetWindows({ ...setting, purpose, numWindows });
      expect(drawn).toEqual(here);
      expect([masks.size, masks.numMasks]).toEqual([56, 7 * numWindows]);
      expect(Buffer.compare(masks.bits(), wanted.bits())).toBe(0);
      // Of the last window, as a network reads it.
      const [found, mask] = [new Float32Array(56 ** 2), new Float32Array(56 ** 2)];
      masks.read(7 * numWindows - 1, found);
      wanted.read(7 * numWindows - 1, mask);
      expect(found).toEqual(mask);
      expect(mask.includes(1)).toBe(true);
    }
  });

  it('are the sweeps of cities, in their order', async () => {
    const setting = {
      ...{ carrierHz: 3.5e9, bandwidthHz: 10e6, numSubcarriers: 1, rows: 2, columns: 2, tiltRad: 0.3 },
      receiver: { rows: 1, columns: 1 },
      ...{ coarse: [2, 2] as [number, number], fine: [2, 2] as [number, number] },
    };
    const cities = [3, 1];
    expect(await drawCities({ setting, cities }, elsewhere, {})).toEqual(
      cities.map((city) => drawCitySweep(setting, city)),
    );
  });

  it('are those of a model file whatever learns from them', () => {
    const model = readModelFile('test/fixtures/models/tiny.yaml');
    const others = ['title', 'network', 'windows', 'training', 'seed'];
    const keys = Object.keys(model).filter((key) => !others.includes(key));
    expect(Object.keys(drawnModelOf(model)).sort()).toEqual(keys.sort());
    expect(drawnModelOf(model)).toEqual(drawnModelOf({ ...model, network: 'gru', title: 'Another' }));
  });

  it('are known by their names, and studies are none', () => {
    const known = ['motion-windows', 'street-windows', 'city-sweeps', 'accuracy', 'toString'].map((kind) =>
      isDrawnData({ kind, study: null, traced: false }),
    );
    expect(known).toEqual([true, true, true, false, false]);
  });
});
