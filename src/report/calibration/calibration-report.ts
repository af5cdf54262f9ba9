/** Report of a calibration: what was found of every element, and what the table is worth. */
import { parseCalibrationTable } from '../../../calibration/calibration-table.js';
import type { CalibrationOutcome } from '../../campaign/calibration/calibration-outcome.js';
import { calibrationSummary } from '../../campaign/calibration/calibration-summary.js';
import type { Figure } from '../drawing/chart.js';
import { factList, figureBlock, page } from '../page/blocks.js';
import { html } from '../page/html.js';
import { gainChart, phaseChart } from './element-chart.js';
import { patternChart } from './pattern-chart.js';

export function renderCalibrationReport(outcome: CalibrationOutcome): {
  markup: string;
  figures: Figure[];
} {
  const table = parseCalibrationTable(outcome.table, outcome.folder);
  const { before, after, check, warnings, folder } = outcome;
  const phases = phaseChart(table);
  const gains = gainChart(table);
  const pattern = patternChart(outcome.pattern);
  const gained = after.gainDb - before.gainDb;
  const body = html`<p class="kicker">beamloop calibration report</p>
<h1>Board ${table.boardSerialNumber}</h1>
<p class="outcome"><strong>The beam on the UE ${gained < 0 ? 'lost' : 'gained'} ${Math.abs(gained).toFixed(2)} dB by the table.</strong> ${
    check.drifted
      ? 'The array is not as the table says: something changed while it was measured.'
      : 'Other pilots were received as the table foretells.'
  }</p>
${warnings.map((warning) => html`<p class="note">${warning}.</p>`)}
${factList([
  ...calibrationSummary(outcome).map(([what, text]) => [capital(what), text] as const),
  ['Recording', html`<span class="code">${folder}</span>`],
])}
<h2>Elements</h2>
${figureBlock(phases, 'What each element adds to the phase that it is told; a phase common to all is no error.')}
${gains !== null && figureBlock(gains, 'What each element radiates, as the UE receives it.')}
<h2>Beam</h2>
${figureBlock(pattern, 'Made of what was found, by the codes that the board has. 0 dB: all elements in phase at the UE.')}
<h2>Table</h2>
<details><summary>The calibration table</summary><pre>${outcome.table}</pre></details>`;
  const footer = html`Made by beamloop from <span class="code">recording.duckdb</span>. The figures are in
<span class="code">figures/</span> as SVG.`;
  const figures = [phases, gains, pattern].filter((figure) => figure !== null);
  return { markup: page(`Board ${table.boardSerialNumber} – beamloop`, body, footer), figures };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
