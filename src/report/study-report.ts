/** Report of a study: tables, figures and the paper's claims beside ours, as one self-contained page. */
import { areAllOurs, claimWords } from '../study/common/claim-words.js';
import type { PaperClaim, Figure as StudyFigure, StudyResult, Table } from '../study/common/result.js';
import type { Figure } from './drawing/chart.js';
import { plural, typographic } from './drawing/number-format.js';
import { factList, figureBlock, page, tableBlock } from './page/blocks.js';
import { type Html, html } from './page/html.js';
import { writePage } from './page/write-page.js';
import { heatFigure } from './study/heat-figure.js';
import { lineFigure } from './study/line-figure.js';
import { pointFigure } from './study/point-figure.js';

/**
 * Writes `study.html` and `figures/*.svg` into `folder`, which is created.
 *
 * @returns the page's path.
 * @throws FILE_UNWRITABLE when the folder cannot be written to.
 */
export async function writeStudyReport(result: StudyResult, folder: string): Promise<string> {
  const { markup, figures } = renderStudyReport(result);
  return writePage(folder, 'study.html', markup, figures);
}

export function renderStudyReport(result: StudyResult): { markup: string; figures: Figure[] } {
  const figures = result.figures.map((figure, k) => drawn(figure, `figure-${k + 1}`));
  const body = html`<p class="kicker">beamloop study</p>
<h1>${typographic(result.title)}</h1>
${result.reference !== null && html`<p class="muted">After ${result.reference}</p>`}
${result.description !== null && html`<p class="outcome">${typographic(result.description)}</p>`}
${result.claims.length > 0 && html`<p class="outcome"><strong>${verdict(result.claims)}</strong></p>`}
${result.figures.length > 0 && html`<h2>${result.figures.length === 1 ? 'Figure' : 'Figures'}</h2>`}
${result.figures.map((figure, k) => figureBlock(figures[k]!, typographic(figure.caption)))}
${result.claims.length > 0 && claimsTable(result.claims)}
${result.tables.length > 0 && html`<h2>${result.tables.length === 1 ? 'Table' : 'Tables'}</h2>${result.tables.map(resultTable)}`}
<h2>How it was run</h2>
${factList(result.settings)}`;
  const footer = html`Made by beamloop. The numbers are in <span class="code">results.json</span>, the figures in
<span class="code">figures/</span> as SVG.`;
  return { markup: page(`${result.title} – beamloop study`, body, footer), figures };
}

function drawn(figure: StudyFigure, id: string): Figure {
  switch (figure.kind) {
    case 'lines':
      return lineFigure(figure, id);
    case 'heat':
      return heatFigure(figure, id);
    case 'points':
      return pointFigure(figure, id);
  }
}

/** How many of the paper's claims came out as printed. */
function verdict(claims: readonly PaperClaim[]): string {
  if (areAllOurs(claims)) {
    const numHolding = claims.filter(({ agrees }) => agrees === true).length;
    return `${numHolding} of ${plural(claims.length, 'expectation')} ${numHolding === 1 ? 'holds' : 'hold'} here.`;
  }
  const checked = claims.filter(({ agrees, isOurs }) => agrees !== null && isOurs !== true);
  const agreed = checked.filter((claim) => claim.agrees === true).length;
  if (checked.length === 0)
    return `${plural(claims.length, 'claim')} of the paper beside our numbers; none can be checked by a number.`;
  if (agreed === checked.length) {
    return checked.length === 1
      ? 'The paper’s claim holds here.'
      : `${checked.length === 2 ? 'Both' : `All ${checked.length}`} claims of the paper that can be checked hold here.`;
  }
  if (checked.length === 1) return 'The paper’s claim does not hold here.';
  return `${agreed} of the paper’s ${checked.length} claims that can be checked ${agreed === 1 ? 'holds' : 'hold'} here.`;
}

function claimsTable(claims: readonly PaperClaim[]): Html {
  const verdicts = new Map<boolean | null, Html>([
    [true, html`<span class="yes">holds</span>`],
    [false, html`<span class="no">does not hold</span>`],
    [null, html`<span class="muted">not checked</span>`],
  ]);
  const { heading, source } = claimWords(claims);
  return html`<h2>${heading}</h2>
${tableBlock(
  heading,
  [{ title: 'Claim' }, { title: source }, { title: 'Here' }, { title: '' }],
  claims.map(({ claim, paper, ours, agrees }) => [
    ...[claim, paper, ours].map((text) => html`<div class="text">${text}</div>`),
    verdicts.get(agrees)!,
  ]),
)}`;
}

function resultTable(table: Table): Html {
  return tableBlock(table.title, table.columns, table.rows, { showTitle: true });
}
