import { dataSchema } from '../../prediction/camera/data/dataset-windows.js';
import { defineStudyKind } from '../common/study-kind.js';
import { kept, rows, trainings } from '../common/study-sizes.js';
import { runCameraPrediction } from './camera-prediction.js';
import { type CameraPredictionStudy, cameraPredictionSchema } from './camera-prediction-file.js';
import { CameraPredictionSimulator } from './camera-prediction-simulator.js';

/** Rows of a network: seven slots, two spans of them, and all. */
const ROWS_EACH = 10;
/** What learns no weights. */
const NUM_TABLES = 3;

/** How well beams are foretold from a camera. */
export const cameraPredictionKind = defineStudyKind({
  kind: 'camera-prediction',
  schema: cameraPredictionSchema,
  sizes: sizesOf,
  takesData: true,
  counts: 'epochs of training',
  override: (study, { numUsers, seed, data }) => ({
    ...study,
    seed: seed ?? study.seed,
    windows: numUsers === undefined ? study.windows : windowsOf(numUsers),
    data:
      data === undefined
        ? study.data
        : dataSchema.parse({ ...study.data, set: data, contentHash: undefined }),
  }),
  simulator: (study) => new CameraPredictionSimulator(study),
  run: runCameraPrediction,
});

/** For training and for tests, and a quarter of them for validation. */
function windowsOf(count: number): CameraPredictionStudy['windows'] {
  return { training: count, validation: Math.ceil(count / 4), test: count };
}

function sizesOf({ networks, windows, training, size, trainings: repeats }: CameraPredictionStudy) {
  const numNetworks = Object.keys(networks).length;
  const numWindows = windows.training + windows.validation + windows.test;
  const pixels = (size === 'full' ? 224 : 56) ** 2;
  return [
    rows('networks × slots', (numNetworks + NUM_TABLES) * ROWS_EACH),
    trainings(
      'windows × epochs × networks × trainings',
      windows.training * training.epochs * numNetworks * repeats,
    ),
    // A bit a pixel.
    kept('The masks', 'windows × pixels', (7 * numWindows * pixels) / 64),
  ];
}
