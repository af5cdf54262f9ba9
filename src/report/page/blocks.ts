/** Building blocks of a page: shell, figures in two widths, tables, lists of facts. */
import { type Figure, NARROW_PX, renderFigure, WIDE_PX } from '../drawing/chart.js';
import { type Html, html, trusted } from './html.js';
import { STYLE } from './style.js';

export function page(title: string, body: Html, footer: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="beamloop">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${title}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<main>
${body}
<footer>${footer}</footer>
</main>
</body>
</html>
`.markup;
}

/** The figure twice, laid out for wide and for narrow pages; the style sheet shows the one that fits. */
/** @param heading false where the section's heading says the same. */
export function figureBlock(figure: Figure, caption: Html | string, heading = true): Html {
  return html`<figure id="${figure.id}">
${heading && html`<h3>${figure.title}</h3>`}
<div class="wide">${trusted(renderFigure(figure, WIDE_PX, 'page'))}</div>
<div class="narrow">${trusted(renderFigure(figure, NARROW_PX, 'page'))}</div>
${caption !== '' && html`<figcaption>${caption}</figcaption>`}
</figure>
`;
}

export interface TableColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

export type TableCell = Html | string | number | null;

/** A table that scrolls sideways on narrow pages, also by keyboard. */
export function tableBlock(
  title: string,
  columns: readonly TableColumn[],
  rows: readonly (readonly TableCell[])[],
  options: { readonly showTitle?: boolean } = {},
): Html {
  const alignment = columns.map((column) =>
    column.align === 'right' ? trusted(' class="number"') : trusted(''),
  );
  return html`<div class="table" role="region" aria-label="${title}" tabindex="0"><table>
${options.showTitle === true && html`<caption>${title}</caption>`}
<thead><tr>${columns.map((column, k) => html`<th scope="col"${alignment[k]}>${column.title}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${row.map((cell, k) => html`<td${alignment[k]}>${cell ?? '–'}</td>`)}</tr>\n`)}</tbody>
</table></div>
`;
}

/** Label and value pairs; pairs without a value are left out. */
export function factList(facts: readonly (readonly [label: string, value: Html | string | null])[]): Html {
  return html`<dl>${facts
    .filter(([, value]) => value !== null)
    .map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>\n`)}</dl>`;
}

/** `a, b and c` */
export function sentenceList(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
