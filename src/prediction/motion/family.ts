/** Trackers that foretell the next beam of users on the move, from their last beams and what their sensors tell. */
import { plural } from '../../core/plural.js';
import { formatQuantity } from '../../core/units.js';
import type { MeanWithInterval } from '../evaluation/intervals.js';
import type { Evaluation, EvaluationOptions, Family, ModelCard } from '../family.js';
import type { SeededFile } from '../learning/training-state.js';
import { evaluateModels, type TrackerScores } from './evaluation/evaluate.js';
import { type ModelFile, readModelFile } from './model-file.js';
import { readModel } from './model-folder.js';
import { NETWORK_KINDS, NETWORK_TITLES } from './networks/kinds.js';
import { trainModel } from './train.js';
import type { TrainedModel } from './trained-model.js';

const percent = (value: number) => (100 * value).toFixed(1);

export const motionFamily: Family = {
  networks: NETWORK_KINDS,
  figuresText: ({ score, figures }) =>
    `validation gain ${score.toFixed(4)}, best codeword ${percent(figures.top1!)} %`,
  readModelFile,
  drawsData: () => true,
  async train(given: SeededFile, options) {
    const model = given as ModelFile;
    const { state, contentHash, holdGain, temperature } = await trainModel(model, options);
    const { epoch, score } = state.best!;
    const top1 = state.history[epoch - 1]!.figures.top1!;
    return {
      title: NETWORK_TITLES[model.network],
      ...{ contentHash, epoch, history: state.history },
      sentence:
        `On validation windows: gain ${score.toFixed(3)} (holding the last beam: ${holdGain.toFixed(3)}), ` +
        `best codeword in ${percent(top1)} %`,
      result: { network: model.network, epoch, gain: score, top1, holdGain, temperature },
    };
  },
  evaluate,
  cardOf: (folder) => cardOf(readModel(folder)),
};

async function evaluate(folders: readonly string[], options: EvaluationOptions): Promise<Evaluation> {
  const models = folders.map((folder) => ({ folder, trained: readModel(folder) }));
  const { numExamples: numWindows, seed } = options;
  const scores = await evaluateModels(models, { ...options, numWindows });
  const numUsers = models[0]!.trained.model.users.count;
  return {
    heading:
      `${plural(numWindows, 'window')} of ${plural(numUsers, 'user')}, seed ${seed}; the slot after each is predicted, ` +
      'with true last beams (open loop)',
    columns: [
      'tracker',
      'gain',
      `${scores[0]!.title} above it by`,
      'best codeword (%)',
      'in top 3 (%)',
      'says (%)',
    ],
    rows: scores.map(rowOf),
    notes: [
      'Gain: received power over that of the best codeword. In brackets: 95 % intervals over windows (bootstrap).',
      '"says": the mean probability that a model gives to its first codeword; honest where it is that of the best codeword.',
    ],
    result: { numWindows, numUsers, seed, scores },
  };
}

function rowOf({ title, gain, advantage, top1, top3, confidence }: TrackerScores): string[] {
  const text = ({ mean, low, high }: MeanWithInterval) =>
    `${mean.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]`;
  const orDash = (value: number | null | undefined) =>
    value === null || value === undefined ? '-' : percent(value);
  return [
    title,
    text(gain),
    advantage === null ? '-' : text(advantage),
    percent(top1.mean),
    orDash(top3?.mean),
    orDash(confidence),
  ];
}

function cardOf({ model, making, temperature, contentHash, weights }: TrainedModel): ModelCard {
  const { array, codebook, users, windows } = model;
  const numWeights = weights.reduce((sum, weight) => sum + weight.length, 0);
  const count = (value: number) => value.toLocaleString('en-US');
  return {
    ...{ title: model.title, contentHash },
    outcome:
      `${NETWORK_TITLES[model.network]}, ${count(numWeights)} weights. On ${count(windows.validation)} validation windows it ` +
      `reaches ${percent(making.gain)} % of the best codeword’s power, where holding the last beam reaches ` +
      `${percent(making.holdGain)} %; it names the best codeword in ${percent(making.top1)} % of cases.`,
    purpose: [
      ['Array', `${count(array.elements)} elements at ${formatQuantity(array.carrier, 'Hz')}`],
      [
        'Codebook',
        `${codebook.angles} directions × ${codebook.rings} rings, ring spacing ${codebook.ringSpacing}`,
      ],
      ['Epoch', formatQuantity(model.epoch, 's')],
      ['Looks back', `${model.slots} epochs`],
      [
        'Users',
        `${users.count} in training, within ±${formatQuantity(users.angle, 'rad')}, ` +
          users.distance.map((m) => formatQuantity(m, 'm')).join(' to '),
      ],
    ],
    figures: [
      {
        title: 'Loss of training',
        caption: 'Mean cross entropy per user.',
        axis: 'cross entropy',
        curves: [{ name: 'training windows', values: making.history.map(({ loss }) => loss) }],
      },
      {
        title: 'Scores on validation windows',
        caption: 'Gain against the best codeword, and how often it is the best.',
        axis: 'share',
        curves: [
          { name: 'gain', values: making.history.map(({ gain }) => gain) },
          { name: 'best codeword', values: making.history.map(({ top1 }) => top1) },
          {
            name: 'holding the last beam',
            values: making.history.map(() => making.holdGain),
            isReference: true,
          },
        ],
      },
    ],
    epochs: {
      columns: ['Epoch', 'Loss', 'Validation gain', 'Best codeword (%)', 'Time (s)'],
      rows: making.history.map(({ epoch, loss, gain, top1, seconds }) => [
        String(epoch),
        loss.toFixed(4),
        gain.toFixed(4),
        percent(top1),
        seconds.toFixed(1),
      ]),
    },
    making: [
      ['Data', dataText(model)],
      ['Seed', String(model.seed)],
      ['Kept', `weights of epoch ${making.epoch} of ${making.history.length}`],
      ['Temperature', temperature.toFixed(3)],
      [
        'Computed with',
        `TensorFlow.js ${making.tensorflow}, backend ${making.backend}, Node ${making.node}, beamloop ${making.beamloop}`,
      ],
    ],
  };
}

function dataText({ windows, motion, sensors, channel, strays }: ModelFile): string {
  const count = (value: number) => value.toLocaleString('en-US');
  const turn =
    motion.turn === 'any'
      ? 'a new heading in every epoch'
      : `turns of ${formatQuantity(motion.turn, 'rad')} per epoch`;
  return (
    `${count(windows.training)} + ${count(windows.validation)} windows; walks at ${motion.speed} m/s, ${turn}; sensors off by ` +
    `${formatQuantity(sensors.position, 'm')}, ${sensors.speed} m/s and ${formatQuantity(sensors.heading, 'rad')}; ` +
    `${channel.scatterers} scatterers at ${channel.scattered} dB, SNR ${channel.snr} dB; ` +
    `last beams off or late, and gaps of the sensors, in ${(100 * strays).toFixed(0)} % of the tracks`
  );
}
