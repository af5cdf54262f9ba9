/** Lines, marks and texts on top of a figure's axes. Points are [x, y] in the units of the axes. */

export type Point = readonly [number, number];

export interface LineStyle {
  readonly color: string;
  readonly width: number;
  readonly type?: 'dashed';
  readonly cap?: 'butt';
}

export function line(name: string, data: unknown, lineStyle: LineStyle, z = 2) {
  const itemStyle = { color: lineStyle.color };
  return {
    name,
    type: 'line' as const,
    data,
    symbol: 'none',
    silent: true,
    clip: true,
    z,
    lineStyle,
    itemStyle,
  };
}

export function scatter(
  name: string,
  data: readonly Point[],
  symbol: string,
  symbolSize: number,
  style: object,
) {
  return {
    name,
    type: 'scatter' as const,
    data,
    symbol,
    symbolSize,
    silent: true,
    itemStyle: { opacity: 1, ...style },
    z: 5,
  };
}

/** Each of `data` is written as its `name`. */
export function textSeries(data: unknown, label: object) {
  return {
    type: 'scatter' as const,
    data,
    symbolSize: 0,
    silent: true,
    z: 6,
    label: { show: true, formatter: ({ name }: { name: string }) => name, ...label },
  };
}
