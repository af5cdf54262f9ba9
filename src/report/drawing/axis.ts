/** Axes, legends and lines that look alike in every figure. */
import { largest, smallest } from '../../core/extremes.js';
import { NARROW_PX } from './chart.js';
import { COLOUR } from './colour.js';
import { significant } from './number-format.js';
import { textWidthPx } from './text-width.js';

export interface AxisSpec {
  /** With its unit in brackets. */
  readonly label: string;
  readonly scale?: 'linear' | 'log';
  readonly min?: number;
  readonly max?: number;
  /** Pixels between the axis and its label. */
  readonly labelGapPx?: number;
  readonly gridIndex?: number;
  readonly interval?: number;
  readonly splitLine?: boolean;
  readonly showTickLabels?: boolean;
  readonly formatTick?: (value: number) => string;
  readonly splitNumber?: number;
  /** Where the ticks are, instead of where they fall. */
  readonly customValues?: readonly number[];
}

export function valueAxis(spec: AxisSpec) {
  return {
    type: spec.scale === 'log' ? ('log' as const) : ('value' as const),
    name: spec.label,
    nameLocation: 'middle' as const,
    nameGap: spec.labelGapPx ?? 30,
    nameTextStyle: { color: COLOUR.ink, fontSize: 12 },
    gridIndex: spec.gridIndex ?? 0,
    ...(spec.min !== undefined && { min: spec.min }),
    ...(spec.max !== undefined && { max: spec.max }),
    ...(spec.min === undefined && spec.max === undefined && { scale: true }),
    ...(spec.interval !== undefined && { interval: spec.interval }),
    ...(spec.splitNumber !== undefined && { splitNumber: spec.splitNumber }),
    axisLine: { show: true, onZero: false, lineStyle: { color: COLOUR.muted } },
    axisTick: {
      show: true,
      lineStyle: { color: COLOUR.muted },
      ...(spec.customValues !== undefined && { customValues: [...spec.customValues] }),
    },
    axisLabel: {
      show: spec.showTickLabels ?? true,
      color: COLOUR.muted,
      fontSize: 11,
      hideOverlap: true,
      ...(spec.customValues !== undefined && { customValues: [...spec.customValues] }),
      formatter: spec.formatTick ?? ((value: number) => tickText(value)),
    },
    splitLine: { show: spec.splitLine ?? true, lineStyle: { color: COLOUR.grid } },
    minorTick: { show: false },
  };
}

/** Ticks are round numbers: as many digits as they need, no more. */
export function tickText(value: number): string {
  if (value === 0) return '0';
  const text = significant(value, 6);
  return text.includes('.') ? text.replace(/\.?0+(?=e|$)/, '') : text;
}

/** Round numbers within [low, high], at most `most`. */
export function roundTicks(low: number, high: number, scale: 'linear' | 'log', most: number): number[] {
  if (scale === 'log') {
    const decades = Math.log10(high / low);
    const mantissas = decades > most ? [1] : decades * 3 > most ? [1, 3] : [1, 2, 5];
    const from = Math.floor(Math.log10(low));
    return Array.from({ length: Math.ceil(decades) + 2 }, (_, k) =>
      mantissas.map((m) => m * 10 ** (from + k)),
    )
      .flat()
      .filter((tick) => tick >= low && tick <= high);
  }
  const scale10 = 10 ** Math.floor(Math.log10((high - low) / most));
  const step = [1, 2, 5, 10, 20].map((m) => m * scale10).find((s) => (high - low) / s <= most)!;
  // An end that is round but for its last digit has its tick.
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, k) =>
    Number(((first + k) * step).toPrecision(12)),
  );
}

/** Ends of an axis that holds all values; on a linear axis one that would be 0 but for rounding is 0. */
export function axisEnds(values: readonly number[], scale: 'linear' | 'log'): [number, number] {
  const low = smallest(values);
  const high = largest(values);
  const end = (value: number) => (scale === 'linear' && Math.abs(value) < 1e-9 * (high - low) ? 0 : value);
  return [end(low), end(high)];
}

/** Nearer to an end than this share of the axis, a tick would crowd it. */
const END_ROOM = 0.06;

/** Ticks with both ends of the axis among them, to three digits; those that would crowd an end give way. */
export function withEnds(
  ticks: readonly number[],
  low: number,
  high: number,
  scale: 'linear' | 'log',
): number[] {
  const at = (value: number) =>
    scale === 'log' ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  const between = ticks.filter((tick) => at(tick) >= END_ROOM && at(tick) <= 1 - END_ROOM);
  return [threeDigits(low, Math.ceil), ...between, threeDigits(high, Math.floor)];
}

/** Rounded into the axis. */
function threeDigits(value: number, round: (value: number) => number): number {
  if (value === 0) return 0;
  const step = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 2);
  const rounded = Number((value / step).toPrecision(12));
  return Number((round(rounded) * step).toPrecision(12));
}

/** Long enough to show how a line is broken. */
const LEGEND_LINE_PX = 34;

/** Entries wider than this would leave the narrowest figure. */
const MOST_NAME_PX = NARROW_PX - LEGEND_LINE_PX - 30;
const LINE_PX = 16;
const ROW_GAP_PX = 14;

/** Lines of a name in a legend: broken between words where it is too long for a narrow figure. */
export function nameLines(name: string): string[] {
  const lines: string[] = [];
  for (const word of name.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && textWidthPx(longer) <= MOST_NAME_PX) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Height that a legend needs, px: entries flow into rows as text does. */
export function legendHeightPx(names: readonly string[], widthPx: number): number {
  const rowLines = [1];
  let usedPx = 0;
  for (const name of names) {
    const lines = nameLines(name);
    const entryPx = largest(lines.map((line) => textWidthPx(line))) + LEGEND_LINE_PX + 20;
    if (usedPx > 0 && usedPx + entryPx > widthPx) {
      rowLines.push(1);
      usedPx = 0;
    }
    rowLines.push(Math.max(rowLines.pop()!, lines.length));
    usedPx += entryPx;
  }
  return rowLines.reduce((height, lines) => height + ROW_GAP_PX + LINE_PX * lines, -4);
}

export function legend(names: readonly string[], leftPx: number, rightPx: number) {
  return {
    show: true,
    data: names.map((name) => ({ name })),
    top: 0,
    left: leftPx,
    right: rightPx,
    itemGap: ROW_GAP_PX,
    itemWidth: LEGEND_LINE_PX,
    itemHeight: 9,
    // A template such as {name} in a name would otherwise be filled in.
    formatter: (name: string) => nameLines(name).join('\n'),
    textStyle: { color: COLOUR.ink, fontSize: 12, lineHeight: LINE_PX },
  };
}
