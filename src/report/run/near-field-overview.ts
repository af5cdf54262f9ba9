/** Small map of the whole near field in a corner of the plan, with the plan's extent as a box. */
import { largest } from '../../core/extremes.js';
import { COLOUR } from '../drawing/colour.js';

/** @param boundary curve of the near-field boundary, [across, ahead] in m. */
export function nearFieldOverview(
  boundary: readonly (readonly [number, number])[],
  sideM: number,
  reachM: number,
  corner: { readonly rightPx: number; readonly topPx: number },
) {
  const widthM = 2.2 * largest(boundary.map(([across]) => Math.abs(across)));
  const farM = 1.06 * largest(boundary.map(([, ahead]) => ahead));
  const heightPx = 100;
  const hidden = { show: false };
  const axis = { type: 'value' as const, gridIndex: 1, show: false, splitLine: hidden };
  const line = (data: unknown, color: string, type: 'solid' | 'dashed') => ({
    type: 'line' as const,
    xAxisIndex: 1,
    yAxisIndex: 1,
    data,
    symbol: 'none',
    silent: true,
    lineStyle: { color, width: 1.2, type },
  });
  const box = [
    [-sideM, 0],
    [-sideM, reachM],
    [sideM, reachM],
    [sideM, 0],
    [-sideM, 0],
  ];
  return {
    grid: {
      right: corner.rightPx + 6,
      top: corner.topPx + 14,
      width: Math.round((heightPx * widthM) / farM),
      height: heightPx,
      outerBoundsMode: 'none',
    },
    xAxis: { ...axis, min: -widthM / 2, max: widthM / 2 },
    yAxis: { ...axis, min: 0, max: farM },
    series: [
      line([[0, 0], ...boundary, [0, 0]], COLOUR.purple, 'dashed'),
      line(box, COLOUR.ink, 'solid'),
      {
        type: 'scatter' as const,
        xAxisIndex: 1,
        yAxisIndex: 1,
        silent: true,
        symbolSize: 0,
        data: [[0, largest(boundary.map(([, ahead]) => ahead))]],
        label: {
          show: true,
          position: 'top',
          distance: 3,
          formatter: () => 'whole near field',
          color: COLOUR.purple,
          fontSize: 11,
        },
      },
    ],
  };
}
