/** Beams named from one sweep: the forward pass that schemes use, against TensorFlow's plain backend. */
import { Random } from '../src/core/random.js';
import { openBackend } from '../src/prediction/backend/tensorflow.js';
import { sizeOf } from '../src/prediction/layers/weight-shapes.js';
import type { SweepSet } from '../src/prediction/sweep/data/sweep-set.js';
import { sweepPass } from '../src/prediction/sweep/forward/sweep-pass.js';
import {
  FULL,
  REDUCED,
  type SweepSizes,
  sweepShapes,
} from '../src/prediction/sweep/networks/sweep-network.js';
import { scoresOfAll } from '../src/prediction/sweep/sweep-lesson.js';
import { type Benchmark, comparison, median } from './benchmark.js';

const NUM_COARSE = 16;
const NUM_BEAMS = 256;

const CASES: readonly {
  readonly what: string;
  readonly sizes: SweepSizes;
  readonly targetMs: number | null;
}[] = [
  { what: 'reduced, one branch', sizes: of({ branch: REDUCED, fusion: 'none' }), targetMs: 2 },
  { what: 'reduced, AutoFusion', sizes: of({ branch: REDUCED, fusion: 'auto' }), targetMs: 2 },
  { what: 'full, one branch', sizes: of({ branch: FULL, fusion: 'none' }), targetMs: null },
];

function of(sizes: Pick<SweepSizes, 'branch' | 'fusion'>): SweepSizes {
  return { ...sizes, heads: 'shared', numBeams: NUM_BEAMS };
}

export const sweepStep: Benchmark = {
  name: 'sweep-step',
  async run() {
    const rows = [];
    for (const { what, sizes, targetMs } of CASES) {
      const shapes = sweepShapes(sizes);
      const weights = shapes.map(({ name, shape }) => {
        const random = new Random(5, name);
        return Float32Array.from({ length: sizeOf(shape) }, () =>
          name.endsWith('.variance') ? 1 : random.normal() / Math.sqrt(sizeOf(shape.slice(0, -1))),
        );
      });
      const random = new Random(6, 'powers');
      const powers = Float64Array.from({ length: NUM_COARSE }, () => random.uniform());
      const pass = sweepPass(sizes, NUM_COARSE, weights);
      const value = medianMs(() => pass.scores(powers), targetMs === null ? 9 : 101);
      const { tf } = await openBackend('cpu');
      const set = { numUsers: 1, numCoarse: NUM_COARSE, sectors: new Uint8Array(1) } as SweepSet;
      const alternativeValue = medianMs(() => scoresOfAll(tf, sizes, weights, set, powers), 3);
      rows.push(
        comparison({
          ...{
            what: `the scores of ${NUM_BEAMS} beams from ${NUM_COARSE} powers, ${what}`,
            value,
            unit: 'ms',
          },
          ...{ alternative: 'the plain backend of TensorFlow.js', alternativeValue },
          ...(targetMs !== null && { target: { of: 'value', atMost: targetMs } }),
        }),
      );
    }
    return rows;
  },
};

function medianMs(run: () => void, count: number): number {
  run();
  return median(
    Array.from({ length: count }, () => {
      const startedMs = performance.now();
      run();
      return performance.now() - startedMs;
    }),
  );
}
