/** Figures: an ECharts option becomes an SVG that stands alone in a file and follows the theme inside a page. */
import { CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import {
  GraphicComponent,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TitleComponent,
} from 'echarts/components';
import type { EChartsCoreOption } from 'echarts/core';
import * as echarts from 'echarts/core';
import { LabelLayout } from 'echarts/features';
import { SVGRenderer } from 'echarts/renderers';
import { escapeMarkup, shown } from '../page/html.js';
import { COLOUR } from './colour.js';
import { measureText } from './text-width.js';

echarts.setPlatformAPI({ measureText });
echarts.use([
  CustomChart,
  GraphicComponent,
  GridComponent,
  LabelLayout,
  LegendComponent,
  LineChart,
  MarkAreaComponent,
  MarkLineComponent,
  ScatterChart,
  SVGRenderer,
  TitleComponent,
]);

interface Drawing {
  readonly option: EChartsCoreOption;
  readonly heightPx: number;
}

export interface Figure {
  /** Unique in its page; names the file. Letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  /** What a reader who cannot see the figure should know. */
  readonly description: string;
  /** Lays the figure out for a width; called once for wide and once for narrow pages. */
  readonly draw: (widthPx: number) => Drawing;
}

/** Widths that figures are laid out for: a page on a desk, and one on a telephone. */
export const WIDE_PX = 940;
export const NARROW_PX = 340;

/** Where the SVG goes: into a page (colours are CSS variables) or into a file (white background). */
export type Target = 'page' | 'file';

const FONT_FAMILY = 'system-ui, sans-serif';

export function renderFigure(figure: Figure, widthPx: number, target: Target): string {
  const { option, heightPx } = figure.draw(widthPx);
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: widthPx, height: heightPx });
  try {
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: FONT_FAMILY, fontSize: 12, color: COLOUR.ink },
      ...(target === 'file' && { backgroundColor: '#ffffff' }),
      ...option,
    });
    const svg = chart.renderToSVGString({ useViewBox: true });
    return finish(svg, figure, widthPx, heightPx, target);
  } finally {
    chart.dispose(); // it holds a timer that would keep the process alive
  }
}

/** Takes out what is only for interaction, gives the SVG its name and text, and settles ids and colours. */
function finish(svg: string, figure: Figure, widthPx: number, heightPx: number, target: Target): string {
  const id = `${figure.id}-${widthPx}`;
  const body = svg
    .slice(svg.indexOf('>') + 1)
    .replace(/<style ?>[\s\S]*?<\/style>/g, '')
    .replace(/ class="zr\d+-cls-\d+"| pointer-events="visible"/g, '')
    .replace(/ ecmeta_series_index="(\d+)"/g, ' data-series="$1"')
    .replace(/ ecmeta_\w+="[^"]*"/g, '')
    .replaceAll('<image ', '<image preserveAspectRatio="none" ')
    .replace(/\bzr\d+-/g, `${id}-`)
    // Thousandths of a pixel are enough; what is written between tags is left alone.
    .replace(/<[^>]*>/g, (tag) => tag.replace(/(\d+\.\d{3})\d+/g, '$1'));
  const head =
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img" ` +
    `aria-labelledby="${id}-title ${id}-desc" width="${widthPx}" height="${heightPx}" ` +
    `viewBox="0 0 ${widthPx} ${heightPx}">\n` +
    `<title id="${id}-title">${escapeMarkup(shown(figure.title))}</title>\n` +
    `<desc id="${id}-desc">${escapeMarkup(shown(figure.description, 2000))}</desc>`;
  return head + (target === 'page' ? themed(body) : body);
}

function themed(markup: string): string {
  let text = markup;
  for (const [name, colour] of Object.entries(COLOUR)) {
    text = text.replaceAll(`"${colour}"`, `"var(--${name},${colour})"`);
  }
  return text;
}
