import type { PolarCodebook } from '../../codebook/polar.js';
import { BeamloopError } from '../../core/errors.js';
import { formatQuantity } from '../../core/units.js';
import type { Weights } from '../learning/weights.js';
import type { Standardisation } from './features/standardisation.js';
import type { ModelDescription } from './model-description.js';
import { codebookOf, type ModelFile } from './model-file.js';

/** A model as it is used: nothing of TensorFlow. */
export interface TrainedModel {
  readonly model: ModelFile;
  readonly standardisation: Standardisation;
  readonly temperature: number;
  /** What training users received with their last beams, median, in units of `UserSlot`. */
  readonly typicalAmplitude: number;
  readonly weights: Weights;
  /** SHA-256, hexadecimal. */
  readonly contentHash: string;
  readonly making: ModelDescription['making'];
}

/**
 * @param folder of the model, for complaints.
 * @throws MODEL_MISMATCH when it was trained for another array, codebook or epoch.
 */
export function requireModelFor(
  { model }: Pick<TrainedModel, 'model'>,
  wanted: PolarCodebook,
  epochS: number,
  folder: string,
): void {
  const own = codebookOf(model);
  const differences = differencesOf(
    { ...traitsOf(own), epoch: formatQuantity(model.epoch, 's') },
    { ...traitsOf(wanted), epoch: formatQuantity(epochS, 's') },
  );
  if (differences.length === 0) return;
  throw new BeamloopError('MODEL_MISMATCH', {
    what: `The model is for ${differences.map(({ name, own }) => `${name} ${own}`).join(', ')}, and not for ${differences
      .map(({ name, wanted }) => `${name} ${wanted}`)
      .join(', ')}`,
    where: folder,
    todo: 'Use a model for this array, codebook and epoch, or train one: docs/models.md',
  });
}

function traitsOf(codebook: PolarCodebook): Record<string, string> {
  const { array, numAngles, numRings, ringDistancesM } = codebook;
  return {
    elements: String(array.numElements),
    carrier: formatQuantity(array.carrierHz, 'Hz'),
    'speed of light': formatQuantity(array.speedOfLightMPerS, 'm/s'),
    angles: String(numAngles),
    rings: String(numRings),
    'outermost ring': formatQuantity(Number(ringDistancesM.at(-1)!.toPrecision(6)), 'm'),
    'innermost ring': formatQuantity(Number(ringDistancesM[0]!.toPrecision(6)), 'm'),
  };
}

function differencesOf(own: Record<string, string>, wanted: Record<string, string>) {
  return Object.keys(own)
    .filter((name) => own[name] !== wanted[name])
    .map((name) => ({ name, own: own[name]!, wanted: wanted[name]! }));
}
