/** The card of a trained model: what it is for, how it was made, how it learned, as one self-contained page in its folder. */
import { shellWord } from '../core/shell-word.js';
import { formatQuantity } from '../core/units.js';
import { readModel } from '../prediction/model/model-folder.js';
import type { TrainedModel } from '../prediction/model/trained-model.js';
import { NETWORK_TITLES } from '../prediction/networks/kinds.js';
import type { LineFigure } from '../study/common/result.js';
import type { Figure } from './drawing/chart.js';
import { count, fixed, typographic } from './drawing/number-format.js';
import { factList, figureBlock, page, tableBlock } from './page/blocks.js';
import { html } from './page/html.js';
import { writePage } from './page/write-page.js';
import { lineFigure } from './study/line-figure.js';

/**
 * Writes `card.html` and `figures/*.svg` into a model's folder.
 *
 * @param modelFile from which it was trained, as it was named.
 * @returns the page's path.
 * @throws MODEL_INVALID; FILE_UNWRITABLE.
 */
export async function writeModelCard(folder: string, modelFile: string): Promise<string> {
  const { markup, figures } = renderModelCard(readModel(folder), modelFile);
  return writePage(folder, 'card.html', markup, figures);
}

function renderModelCard(trained: TrainedModel, modelFile: string): { markup: string; figures: Figure[] } {
  const { model, making, temperature, contentHash } = trained;
  const figures = curvesOf(trained).map((figure, k) => lineFigure(figure, `learning-${k + 1}`));
  const numWeights = trained.weights.reduce((sum, weight) => sum + weight.length, 0);
  const body = html`<p class="kicker">beamloop model</p>
<h1>${typographic(model.title)}</h1>
<p class="outcome">${NETWORK_TITLES[model.network]}, ${count(numWeights)} weights. On ${count(model.windows.validation)}
validation windows it reaches ${fixed(100 * making.gain, 1)} % of the best codeword’s power, where holding the last beam
reaches ${fixed(100 * making.holdGain, 1)} %; it names the best codeword in ${fixed(100 * making.top1, 1)} % of cases.</p>
<h2>What it is for</h2>
${factList([
  ['Array', `${count(model.array.elements)} elements at ${formatQuantity(model.array.carrier, 'Hz')}`],
  [
    'Codebook',
    `${model.codebook.angles} directions × ${model.codebook.rings} rings, ring spacing ${model.codebook.ringSpacing}`,
  ],
  ['Epoch', formatQuantity(model.epoch, 's')],
  ['Looks back', `${model.slots} epochs`],
  [
    'Users',
    `${model.users.count} in training, within ±${formatQuantity(model.users.angle, 'rad')}, ${model.users.distance.map((m) => formatQuantity(m, 'm')).join(' to ')}`,
  ],
])}
<h2>How it learned</h2>
${figures.map((figure) => figureBlock(figure, ''))}
${tableBlock(
  'Epochs',
  ['Epoch', 'Loss', 'Validation gain', 'Best codeword (%)', 'Time (s)'].map((title) => ({
    title,
    align: 'right' as const,
  })),
  making.history.map(({ epoch, loss, gain, top1, seconds }) => [
    epoch,
    fixed(loss, 4),
    fixed(gain, 4),
    fixed(100 * top1, 1),
    fixed(seconds, 1),
  ]),
)}
<h2>How it was made</h2>
${factList([
  ['Again', html`<span class="code">beamloop train ${shellWord(modelFile)} --out ${'<folder>'}</span>`],
  ['Data', dataText(trained)],
  ['Seed', String(model.seed)],
  ['Kept', `weights of epoch ${making.epoch} of ${making.history.length}`],
  ['Temperature', fixed(temperature, 3)],
  [
    'Computed with',
    `TensorFlow.js ${making.tensorflow}, backend ${making.backend}, Node ${making.node}, beamloop ${making.beamloop}`,
  ],
  ['Content (SHA-256)', html`<span class="code">${contentHash}</span>`],
])}`;
  const footer = html`Made by beamloop. What decides its predictions is in <span class="code">model.json</span> and
<span class="code">weights.bin</span>.`;
  return { markup: page(`${model.title} – beamloop model`, body, footer), figures };
}

function dataText({ model }: TrainedModel): string {
  const { windows, motion, sensors, channel, strays } = model;
  const turn =
    motion.turn === 'any'
      ? 'a new heading in every epoch'
      : `turns of ${formatQuantity(motion.turn, 'rad')} per epoch`;
  return (
    `${count(windows.training)} + ${count(windows.validation)} windows; walks at ${motion.speed} m/s, ${turn}; sensors off by ` +
    `${formatQuantity(sensors.position, 'm')}, ${sensors.speed} m/s and ${formatQuantity(sensors.heading, 'rad')}; ` +
    `${channel.scatterers} scatterers at ${channel.scattered} dB, SNR ${channel.snr} dB; ` +
    `last beams off or late, and gaps of the sensors, in ${fixed(100 * strays, 0)} % of the tracks`
  );
}

function curvesOf({ making }: TrainedModel): LineFigure[] {
  const epochs = making.history.map(({ epoch }) => epoch);
  const curve = (name: string, values: readonly number[]) => ({
    name,
    points: values.map((y, k) => ({ x: epochs[k]!, y })),
  });
  const x = { label: 'epoch', scale: 'linear' } as const;
  return [
    {
      kind: 'lines',
      title: 'Loss of training',
      caption: 'Mean cross entropy per user.',
      x,
      y: { label: 'cross entropy', scale: 'linear' },
      series: [
        curve(
          'training windows',
          making.history.map(({ loss }) => loss),
        ),
      ],
    },
    {
      kind: 'lines',
      title: 'Scores on validation windows',
      caption: 'Gain against the best codeword, and how often it is the best.',
      x,
      y: { label: 'share', scale: 'linear' },
      series: [
        curve(
          'gain',
          making.history.map(({ gain }) => gain),
        ),
        curve(
          'best codeword',
          making.history.map(({ top1 }) => top1),
        ),
        {
          ...curve(
            'holding the last beam',
            epochs.map(() => making.holdGain),
          ),
          reference: true,
        },
      ],
    },
  ];
}
