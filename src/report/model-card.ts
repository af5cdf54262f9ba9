/** The card of a trained model: what it is for, how it was made, how it learned, as one self-contained page in its folder. */
import { shellWord } from '../core/shell-word.js';
import { familyOfModel } from '../prediction/families.js';
import type { ModelCard } from '../prediction/family.js';
import type { LineFigure } from '../study/common/result.js';
import type { Figure } from './drawing/chart.js';
import { typographic } from './drawing/number-format.js';
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
  const { markup, figures } = renderModelCard(familyOfModel(folder).cardOf(folder), modelFile);
  return writePage(folder, 'card.html', markup, figures);
}

function renderModelCard(card: ModelCard, modelFile: string): { markup: string; figures: Figure[] } {
  const { title, outcome, purpose, epochs, making, contentHash } = card;
  const figures = curvesOf(card).map((figure, k) => lineFigure(figure, `learning-${k + 1}`));
  const body = html`<p class="kicker">beamloop model</p>
<h1>${typographic(title)}</h1>
<p class="outcome">${typographic(outcome)}</p>
<h2>What it is for</h2>
${factList(purpose)}
<h2>How it learned</h2>
${figures.map((figure) => figureBlock(figure, ''))}
${tableBlock(
  'Epochs',
  epochs.columns.map((column) => ({ title: column, align: 'right' as const })),
  epochs.rows,
)}
<h2>How it was made</h2>
${factList([
  ['Again', html`<span class="code">beamloop train ${shellWord(modelFile)} --out ${'<folder>'}</span>`],
  ...making,
  ['Content (SHA-256)', html`<span class="code">${contentHash}</span>`],
])}`;
  const footer = html`Made by beamloop. What decides its predictions is in <span class="code">model.json</span> and
<span class="code">weights.bin</span>.`;
  return { markup: page(`${title} – beamloop model`, body, footer), figures };
}

function curvesOf({ figures }: ModelCard): LineFigure[] {
  return figures.map(({ title, caption, axis, curves }) => ({
    kind: 'lines',
    ...{ title, caption },
    x: { label: 'epoch', scale: 'linear' },
    y: { label: axis, scale: 'linear' },
    series: curves.map(({ name, values, isReference }) => ({
      name,
      points: values.map((y, k) => ({ x: k + 1, y })),
      ...(isReference === true && { reference: true }),
    })),
  }));
}
