/** Charts of the page: axes, lines and marks by ECharts, on a canvas; a picture of many cells lies below them on one of its own. */
import { LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent } from 'echarts/components';
import { type EChartsCoreOption, type EChartsType, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { element } from './elements.js';

use([LineChart, ScatterChart, GridComponent, LegendComponent, CanvasRenderer]);

/** Between the plot and the edges of its element, px. */
export interface Margins {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Colours {
  readonly ink: string;
  readonly muted: string;
  readonly grid: string;
  readonly paper: string;
  readonly blue: string;
  readonly orange: string;
  readonly green: string;
  readonly red: string;
  readonly purple: string;
}

const NAMES = ['ink', 'muted', 'grid', 'paper', 'blue', 'orange', 'green', 'red', 'purple'] as const;

/** Of the style sheet, light or dark as the reader has it. */
function colours(): Colours {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(
    NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
  ) as unknown as Colours;
}

export class Chart {
  readonly root: HTMLElement;
  readonly chart: EChartsType;
  readonly #margins: Margins;
  readonly #canvas = element('canvas', { class: 'raster', 'aria-hidden': 'true' });
  readonly #optionOf: (colours: Colours, widthPx: number) => EChartsCoreOption;
  #isStale = true;

  /**
   * @param name what it shows, for those who do not see it; `describe` says more.
   * @param optionOf axes and series; asked for again when colours or the width change.
   */
  constructor(
    name: string,
    className: string,
    margins: Margins,
    optionOf: (colours: Colours, widthPx: number) => EChartsCoreOption,
  ) {
    this.#margins = margins;
    this.#optionOf = optionOf;
    const drawn = element('div', { class: 'drawn' });
    this.root = element(
      'div',
      { class: `chart ${className}`, role: 'img', 'aria-label': name },
      this.#canvas,
      drawn,
    );
    this.chart = init(drawn, null, { renderer: 'canvas', width: 300, height: 150 });
    new ResizeObserver(() => this.#fit()).observe(this.root);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.refresh());
  }

  describe(text: string): void {
    if (this.root.getAttribute('aria-label') !== text) this.root.setAttribute('aria-label', text);
  }

  /** Axes and series are to be asked for again. */
  refresh(): void {
    this.#isStale = true;
  }

  /** Sets axes and series where they have changed. */
  settle(): void {
    if (!this.#isStale || this.root.clientWidth === 0) return;
    this.#isStale = false;
    const { left, right, top, bottom } = this.#margins;
    const option = this.#optionOf(colours(), this.root.clientWidth);
    this.chart.setOption(
      { animation: false, ...option, grid: { left, right, top, bottom, outerBoundsMode: 'none' } },
      true,
    );
  }

  set(option: EChartsCoreOption): void {
    this.chart.setOption(option, { lazyUpdate: true });
  }

  /** The picture below the plot, and its size in pixels of the screen; null while the chart is not to be seen. */
  raster(): CanvasRenderingContext2D | null {
    return this.#canvas.width === 0 || this.root.clientWidth === 0 ? null : this.#canvas.getContext('2d');
  }

  /** The values under a point of the plot; null outside of it. */
  valuesAt(xPx: number, yPx: number): readonly [number, number] | null {
    if (!this.chart.containPixel('grid', [xPx, yPx])) return null;
    const values = this.chart.convertFromPixel('grid', [xPx, yPx]) as number[];
    return [values[0]!, values[1]!];
  }

  #fit(): void {
    const { clientWidth: width, clientHeight: height } = this.root;
    if (width === 0 || height === 0) return;
    this.chart.resize({ width, height });
    const { left, right, top, bottom } = this.#margins;
    const scale = Math.min(2, devicePixelRatio);
    this.#canvas.width = Math.max(1, Math.round((width - left - right) * scale));
    this.#canvas.height = Math.max(1, Math.round((height - top - bottom) * scale));
    Object.assign(this.#canvas.style, {
      left: `${left}px`,
      top: `${top}px`,
      width: `${width - left - right}px`,
      height: `${height - top - bottom}px`,
    });
    this.refresh();
  }
}

export interface AxisSpec {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly scale?: 'linear' | 'log';
  readonly ticks?: readonly number[];
  readonly format?: (value: number) => string;
  /** Its first and last label stay within the plot. */
  readonly isAcross?: boolean;
  /** From the axis to its name, px. */
  readonly gap: number;
}

export function axis(
  { name, min, max, scale = 'linear', ticks, format, gap, isAcross = false }: AxisSpec,
  { muted, grid }: Colours,
) {
  const custom = ticks === undefined ? {} : { customValues: [...ticks] };
  return {
    type: scale === 'log' ? ('log' as const) : ('value' as const),
    name,
    nameLocation: 'middle' as const,
    nameGap: gap,
    nameTextStyle: { color: muted, fontSize: 12 },
    min,
    max,
    axisLine: { show: true, onZero: false, lineStyle: { color: grid } },
    axisTick: { show: true, lineStyle: { color: grid }, ...custom },
    axisLabel: {
      color: muted,
      fontSize: 11,
      hideOverlap: true,
      ...(isAcross && { alignMinLabel: 'left' as const, alignMaxLabel: 'right' as const }),
      ...(format !== undefined && { formatter: format }),
      ...custom,
    },
    splitLine: { show: false },
    minorTick: { show: false },
  };
}
