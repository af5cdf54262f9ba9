/** Trackers that see: they foretell beams from what moves before a camera. */
import { BeamloopError } from '../../core/errors.js';
import { plural } from '../../core/plural.js';
import { formatQuantity } from '../../core/units.js';
import type { MeanWithInterval } from '../evaluation/intervals.js';
import type { Evaluation, EvaluationOptions, Family, ModelCard } from '../family.js';
import type { SeededFile } from '../learning/training-state.js';
import { type CameraScores, evaluateCameras } from './evaluation/evaluate.js';
import {
  CAMERA_NETWORKS,
  CAMERA_TITLES,
  type CameraModelFile,
  designOf,
  readCameraModelFile,
} from './model-file.js';
import { readCameraModel, type TrainedCamera } from './model-folder.js';
import { numParameters } from './networks/camera-weights.js';
import { trainCamera } from './train.js';

const percent = (value: number) => (100 * value).toFixed(1);

export const cameraFamily: Family = {
  networks: CAMERA_NETWORKS,
  figuresText: ({ figures }) =>
    `validation loss ${figures.loss!.toFixed(3)}, best beam among five in ${percent(figures.top5!)} %`,
  readModelFile: readCameraModelFile,
  drawsData: (model) => (model as CameraModelFile).data === undefined,
  async train(given: SeededFile, options) {
    const model = given as CameraModelFile;
    const { contentHash, state, making } = await trainCamera(model, options);
    const { epoch, loss, top1, top5, dbaTop3 } = making;
    return {
      title: CAMERA_TITLES[model.network],
      ...{ contentHash, epoch, history: state.history },
      sentence:
        `On validation windows, over all seven slots: best beam in ${percent(top1)} %, among five in ` +
        `${percent(top5)} %, DBA-top3 ${dbaTop3.toFixed(3)}`,
      result: { network: model.network, epoch, loss, top1, top5, dbaTop3 },
    };
  },
  evaluatesData: true,
  evaluate,
  cardOf: (folder) => cardOf(readCameraModel(folder)),
};

async function evaluate(folders: readonly string[], options: EvaluationOptions): Promise<Evaluation> {
  if (options.data?.base !== undefined) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: 'A data set of pictures has no base stations to choose from',
      where: '--base',
      todo: 'Leave out --base',
    });
  }
  const models = folders.map((folder) => ({ folder, trained: readCameraModel(folder) }));
  const { set, numWindows, numPasses, remarks, scores } = await evaluateCameras(models, options);
  const { seed } = options;
  const windows =
    set === null
      ? `${plural(numWindows, 'window')} of the drawn street, each of a pass of its own, seed ${seed}`
      : `${plural(numWindows, 'window')} of ${numPasses} ${numPasses === 1 ? 'pass' : 'passes'} of ${set}`;
  return {
    heading: `${windows}; foretold are the beams of the current slot and of the six after it`,
    columns: [
      'tracker',
      'top 1 (%)',
      'top 3 (%)',
      'top 5 (%)',
      'DBA-top3',
      'DBA-challenge',
      'top 5 now … 6 slots later (%)',
      'beams told',
    ],
    rows: scores.map(rowOf),
    notes: [
      'Means over the seven slots. In brackets: 95 % intervals over passes (bootstrap).',
      '"beams told": of how many slots before it has to be told the best beam; a camera needs none.',
      ...remarks,
    ],
    result: { set, numWindows, numPasses, seed, remarks, scores },
  };
}

function rowOf(scores: CameraScores): string[] {
  const share = ({ mean, low, high }: MeanWithInterval) =>
    `${percent(mean)} [${percent(low)}, ${percent(high)}]`;
  const plain = ({ mean, low, high }: MeanWithInterval) =>
    `${mean.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
  const { title, top1, top3, top5, top5BySlot, beamsTold } = scores;
  return [
    ...[title, share(top1), share(top3), share(top5), plain(scores.dbaTop3), plain(scores.dbaChallenge)],
    `${percent(top5BySlot[0]!)} … ${percent(top5BySlot.at(-1)!)}`,
    String(beamsTold),
  ];
}

function cardOf({ model, making, temperatures, contentHash }: TrainedCamera): ModelCard {
  const count = (value: number) => value.toLocaleString('en-US');
  const { history } = making;
  const side = model.size === 'full' ? 224 : 56;
  const windows = making.windows ?? model.windows!;
  return {
    ...{ title: model.title, contentHash },
    outcome:
      `${CAMERA_TITLES[model.network]}, ${count(numParameters(designOf(model).shapes))} weights. On ` +
      `${count(windows.validation)} validation windows, over the current slot and six more, it names the best of ` +
      `${model.beams} beams in ${percent(making.top1)} % of cases and has it among five in ${percent(making.top5)} %.`,
    purpose: [
      ['Codebook', `${model.beams} beams to infinity, evenly spread over 180°`],
      [
        'Sees',
        model.network === 'beam-history' ? 'beams of 8 slots' : `8 frames of ${side} × ${side} pixels`,
      ],
      ['Between frames', formatQuantity(model.interval, 's')],
      ['Foretells', 'the current slot and six more'],
    ],
    figures: [
      {
        title: 'Loss',
        caption: 'Focal loss, mean over slots.',
        axis: 'focal loss',
        curves: [
          { name: 'training windows', values: history.map(({ trainingLoss }) => trainingLoss) },
          { name: 'validation windows', values: history.map(({ loss }) => loss) },
        ],
      },
      {
        title: 'Scores on validation windows',
        caption: 'Over all seven slots.',
        axis: 'share',
        curves: [
          { name: 'best beam among five', values: history.map(({ top5 }) => top5) },
          { name: 'best beam', values: history.map(({ top1 }) => top1) },
          { name: 'DBA-top3', values: history.map(({ dbaTop3 }) => dbaTop3) },
        ],
      },
    ],
    epochs: {
      columns: [
        'Epoch',
        'Training loss',
        'Validation loss',
        'Top 1 (%)',
        'Top 5 (%)',
        'DBA-top3',
        'Time (s)',
      ],
      rows: history.map(({ epoch, trainingLoss, loss, top1, top5, dbaTop3, seconds }) => [
        ...[String(epoch), trainingLoss.toFixed(4), loss.toFixed(4), percent(top1), percent(top5)],
        ...[dbaTop3.toFixed(3), seconds.toFixed(1)],
      ]),
    },
    making: [
      ['Data', `${count(windows.training)} + ${count(windows.validation)} windows of ${dataText(model)}`],
      ['Seed', String(model.seed)],
      ['Kept', `weights of epoch ${making.epoch} of ${history.length}`],
      ['Temperatures', temperatures.map((each) => each.toFixed(2)).join(', ')],
      [
        'Computed with',
        `TensorFlow.js ${making.tensorflow}, backend ${making.backend}, Node ${making.node}, beamloop ${making.beamloop}`,
      ],
    ],
  };
}

function dataText({ data }: TrainedCamera['model']): string {
  return data === undefined
    ? 'the drawn street'
    : `${data.set}, whose content has the hash ${data.contentHash}`;
}
