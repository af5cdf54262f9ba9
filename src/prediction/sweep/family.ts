/** Networks that name the best fine beam from the powers of a coarse sweep. */
import { plural } from '../../core/plural.js';
import { formatQuantity } from '../../core/units.js';
import type { MeanWithInterval } from '../evaluation/intervals.js';
import type { Evaluation, EvaluationOptions, Family, ModelCard } from '../family.js';
import type { SeededFile } from '../learning/training-state.js';
import { evaluateSweeps, type SweepScores } from './evaluation/evaluate.js';
import type { PlaceScores } from './evaluation/place-scores.js';
import { homesOf, readSweepModelFile, type SweepModelFile, sizesOf, titleOf } from './model-file.js';
import { readSweepModel, type TrainedSweep } from './model-folder.js';
import { numLearned, sweepShapes } from './networks/sweep-network.js';
import { trainSweep } from './train.js';

const percent = (value: number) => (100 * value).toFixed(1);

export const sweepFamily: Family = {
  networks: ['sweep'],
  figuresText: ({ figures }) =>
    `of the validation users the best beam for ${percent(figures.top1!)} %, one within 1 dB for ${percent(figures.within1Db!)} %`,
  readModelFile: readSweepModelFile,
  drawsData: (model) => (model as SweepModelFile).data === undefined,
  async train(given: SeededFile, options) {
    const model = given as SweepModelFile;
    const { contentHash, making, temperature } = await trainSweep(model, options);
    const { epoch, top1, within1Db, history } = making;
    return {
      title: titleOf(model),
      ...{ contentHash, epoch },
      history: history.map(({ epoch: of, loss, seconds, ...figures }) => ({
        ...{ epoch: of, loss, seconds, figures, score: figures.top1 },
      })),
      sentence:
        `Of the validation users it names the best beam for ${percent(top1)} %, one within 1 dB for ${percent(within1Db)} %` +
        leftOut(making.data ?? []),
      result: { network: model.network, epoch, top1, within1Db, temperature },
    };
  },
  evaluatesData: true,
  evaluate,
  cardOf: (folder) => cardOf(readSweepModel(folder)),
};

type Read = NonNullable<TrainedSweep['making']['data']>;

/** What whoever trains on a data set should hear of it. */
function leftOut(read: Read): string {
  const without = read.filter(({ numWithoutPath }) => numWithoutPath > 0);
  const each = without.map(
    ({ base, numUsers, numWithoutPath }) => `${numWithoutPath} of ${plural(numUsers, 'user')} of ${base}`,
  );
  return each.length === 0 ? '' : `\nLeft out because no path comes to them: ${each.join(', ')}`;
}

async function evaluate(folders: readonly string[], options: EvaluationOptions): Promise<Evaluation> {
  const models = folders.map((folder) => ({ folder, trained: readSweepModel(folder) }));
  const evaluation = await evaluateSweeps(models, options);
  const { numHome, numAbroad, abroad, scores } = evaluation;
  const { model } = models[0]!.trained;
  const places = (place: 'home' | 'abroad') => [
    `${place}: best beam (%)`,
    'among 3 (%)',
    'within 1 dB (%)',
    'best of 3 within 1 dB (%)',
  ];
  return {
    heading:
      `Home: ${plural(numHome, 'user')} kept from training in ${homesOf(model)}; abroad: ${plural(numAbroad, 'user')} of ${abroad}. ` +
      `${model.beams.coarse.join(' x ')} beams are swept, ${model.beams.fine.join(' x ')} are chosen from, at ${model.snr} dB`,
    columns: ['chosen by', 'pilots', ...places('home'), ...places('abroad')],
    rows: scores.map(rowOf),
    notes: [
      'In brackets: 95 % intervals over users (bootstrap); neighbours are alike, so that a city is one draw, too.',
      'Best of 3: the three likeliest beams are tried, with a pilot each on top of those of the column.',
    ],
    result: { seed: options.seed, ...evaluation },
  };
}

function rowOf({ title, numPilots, home, abroad }: SweepScores): string[] {
  const text = ({ mean, low, high }: MeanWithInterval) =>
    `${percent(mean)} [${percent(low)}, ${percent(high)}]`;
  const cells = ({ top1, top3, first, tried }: PlaceScores) => [
    text(top1),
    top3 === null ? '-' : text(top3),
    text(first),
    tried === null ? '-' : text(tried),
  ];
  return [title, String(numPilots), ...cells(home), ...cells(abroad)];
}

function readText({ base, numUsers, numWithoutPath, contentHash }: Read[number]): [string, string] {
  const without = numWithoutPath === 0 ? '' : `, ${numWithoutPath} of them without a path and left out`;
  return [`Base station ${base}`, `${plural(numUsers, 'user')}${without}; data set ${contentHash}`];
}

function cardOf({ model, making, temperature, contentHash }: TrainedSweep): ModelCard {
  const { array, beams, receiver } = model;
  const numWeights = numLearned(sweepShapes(sizesOf(model)));
  const { history } = making;
  return {
    ...{ title: model.title, contentHash },
    outcome:
      `${titleOf(model)}, ${numWeights.toLocaleString('en-US')} weights that are learned. Of the validation users it names the best ` +
      `beam for ${percent(making.top1)} %, and one within 1 dB of it for ${percent(making.within1Db)} %.`,
    purpose: [
      [
        'Array',
        `${array.rows} × ${array.columns} elements at ${formatQuantity(array.carrier, 'Hz')}, ${formatQuantity(array.tilt, 'rad')} down`,
      ],
      ['Beams', `${beams.coarse.join(' × ')} swept, ${beams.fine.join(' × ')} to choose from`],
      [
        'Receiver',
        `${receiver.rows} × ${receiver.columns} antennas, ${model.subcarriers} subcarriers over ${formatQuantity(model.bandwidth, 'Hz')}`,
      ],
    ],
    figures: [
      {
        title: 'Loss of training',
        caption: 'Mean per user, parts of fusion and position included.',
        axis: 'loss',
        curves: [{ name: 'training users', values: history.map(({ loss }) => loss) }],
      },
      {
        title: 'Scores on validation users',
        caption: 'How often the first beam is the best, and within 1 dB of it.',
        axis: 'share',
        curves: [
          { name: 'best beam', values: history.map(({ top1 }) => top1) },
          { name: 'within 1 dB', values: history.map(({ within1Db }) => within1Db) },
        ],
      },
    ],
    epochs: {
      columns: ['Epoch', 'Loss', 'Best beam (%)', 'Within 1 dB (%)', 'Time (s)'],
      rows: history.map(({ epoch, loss, top1, within1Db, seconds }) => [
        String(epoch),
        loss.toFixed(4),
        percent(top1),
        percent(within1Db),
        seconds.toFixed(1),
      ]),
    },
    making: [
      ['Data', `${model.data === undefined ? 'synthetic ' : ''}${homesOf(model)}, pilots at ${model.snr} dB`],
      ...(making.data ?? []).map(readText),
      ['Seed', String(model.seed)],
      ['Kept', `weights of epoch ${making.epoch} of ${history.length}`],
      ['Temperature', temperature.toFixed(3)],
      [
        'Computed with',
        `TensorFlow.js ${making.tensorflow}, backend ${making.backend}, Node ${making.node}, beamloop ${making.beamloop}`,
      ],
    ],
  };
}
