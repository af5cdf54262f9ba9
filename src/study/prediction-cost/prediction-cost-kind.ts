import { largest } from '../../core/extremes.js';
import { sizeOf, type WeightShape } from '../../prediction/layers/weight-shapes.js';
import { sizesOf } from '../../prediction/sweep/model-file.js';
import {
  runningShapes,
  type SweepSizes,
  sweepMultiplications,
  sweepShapes,
} from '../../prediction/sweep/networks/sweep-network.js';
import { defineStudyKind, drawsNoUsers } from '../common/study-kind.js';
import { kept, operations, rows, sum } from '../common/study-sizes.js';
import { runPredictionCost } from './prediction-cost.js';
import { costedModel, predictionCostSchema } from './prediction-cost-file.js';

/** Of eight bytes: four of each weight as it is drawn, and four as it runs. */
function numKept(sizes: SweepSizes): number {
  const count = (shapes: readonly WeightShape[]) => sum(shapes, ({ shape }) => sizeOf(shape));
  return (count(sweepShapes(sizes)) + count(runningShapes(sizes))) / 2;
}

/** What networks that name a beam from a sweep cost. */
export const predictionCostKind = defineStudyKind({
  kind: 'prediction-cost',
  schema: predictionCostSchema,
  sizes: (study) => {
    const all = Object.keys(study.networks).map((name) => sizesOf(costedModel(study, name)));
    return [
      rows('networks', all.length),
      operations(
        'multiplications of the networks × sweeps',
        (1 + study.sweeps) * sum(all, (sizes) => sweepMultiplications(sizes).running),
      ),
      kept('The weights of a network', 'networks', largest(all.map(numKept))),
    ];
  },
  override: drawsNoUsers,
  simulator: null,
  run: runPredictionCost,
});
