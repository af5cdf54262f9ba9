import { expect, it } from 'vitest';
import { LinearArray } from '../../../src/array/linear-array.js';
import { channelVector } from '../../../src/channel/channel.js';
import { DirectEvaluator } from '../../../src/channel/direct-evaluator.js';
import { drawPaths, drawPosition } from '../../../src/channel/paths.js';
import { createKernel } from '../../../src/channel/screening/kernel.js';
import { layOut } from '../../../src/channel/screening/kernel-memory.js';
import { Screen } from '../../../src/channel/screening/screen.js';
import { PolarCodebook } from '../../../src/codebook/polar.js';
import { Random } from '../../../src/core/random.js';

const NUM_USERS = 20;

it.each<[number, number, boolean]>([
  [16, 16, true],
  [64, 64, true],
  [128, 32, false],
  [256, 256, true],
])(
  'windows of bins tell what columns receive to within what they say: N = %i, M = %i',
  (numElements, numAngles, withInfinity) => {
    const array = new LinearArray({ numElements, carrierHz: 100e9, speedOfLightMPerS: 3e8 });
    const codebook = new PolarCodebook(array, { numRings: 6, numAngles, withInfinity });
    const layout = layOut({ numElements, numAngles, numRings: 6, numWeights: 1 });
    const kernel = createKernel(layout.numBytes);
    const { buffer } = kernel.memory;
    new Float64Array(buffer, layout.elementY, numElements).set(array.elementYM);
    const screen = new Screen(codebook, kernel, layout);
    const channel = new Float64Array(buffer, layout.channel, 2 * numElements);
    const direct = new DirectEvaluator(codebook);
    const columns = Int32Array.from({ length: codebook.numCodewords }, (_, column) => column);
    const nearM = 12 * (numElements / 512) ** 2;
    let numUseful = 0;
    let worst = 0;
    for (let user = 0; user < NUM_USERS; user++) {
      const random = new Random(15, numElements, user);
      const region = {
        ringDistanceM: [nearM / 4, 8 * nearM],
        angleRad: [-Math.PI / 2, Math.PI / 2],
      } as const;
      const paths = drawPaths(
        drawPosition(region, random),
        region,
        { numScatterers: 5, ricianFactorDb: 6 },
        random,
      );
      direct.setChannel(paths);
      const { re, im } = channelVector(array, paths);
      const norm = Math.hypot(...re, ...im);
      channel.set(re, 0);
      channel.set(im, numElements);
      screen.transform();
      const estimates = screen.estimates(columns);
      for (const column of columns) {
        const truth = direct.receive(codebook.codewordAt(column));
        const error = estimates[3 * column + 2]! * norm;
        if (error === Infinity) continue;
        numUseful++;
        const off = Math.hypot(truth.re - estimates[3 * column]!, truth.im - estimates[3 * column + 1]!);
        worst = Math.max(worst, off / error);
        expect(error).toBeLessThan(0.51 * norm);
      }
    }
    expect(worst).toBeLessThanOrEqual(1);
    // Loose bounds would exclude nothing: some column comes near its own.
    expect(worst).toBeGreaterThan(0.1);
    expect(numUseful).toBeGreaterThan(0.5 * NUM_USERS * codebook.numCodewords);
  },
);
