/** Received power of one user's pilots over frequency: where each pilot's subcarriers met the user. */
import { legend, legendHeightPx, valueAxis } from '../drawing/axis.js';
import type { Figure } from '../drawing/chart.js';
import { COLOUR } from '../drawing/colour.js';
import { plural } from '../drawing/number-format.js';
import { shown } from '../page/html.js';
import { pilotName } from './pilot-groups.js';
import { measuredPilots, type RunData } from './run-data.js';

/** More lines than this nobody can tell apart. */
const MOST_PILOTS = 6;
const COLOURS = [COLOUR.blue, COLOUR.red, COLOUR.green, COLOUR.purple, COLOUR.sky, COLOUR.ink];
const HEIGHT_PX = 220;
/** Neighbouring subcarriers that one point of a line stands for, by the strongest of them. */
const MOST_POINTS = 512;

/** Null for narrowband users, and for more pilots than lines can show. */
export function spectrumChart(run: RunData, ue: string, figureNumber: number): Figure | null {
  const { band } = run.facts;
  const pilots = measuredPilots(run.slots, ue);
  if (band === null || pilots.length === 0 || pilots.length > MOST_PILOTS) return null;
  if (pilots.some(({ power }) => power!.perSubcarrier.length !== band.numSubcarriers)) return null;
  const strongest = Math.max(
    ...pilots.map(({ power }) => power!.perSubcarrier.reduce((a, b) => Math.max(a, b))),
  );
  const noise = pilots[0]!.power!.noiseFloor / band.numSubcarriers;
  const reference = noise > 0 ? noise : strongest;
  const step = Math.ceil(band.numSubcarriers / MOST_POINTS);
  const lines = pilots.map(({ label, power }) => {
    const points: [number, number][] = [];
    for (let m = 0; m < band.numSubcarriers; m += step) {
      const most = power!.perSubcarrier.subarray(m, m + step).reduce((a, b) => Math.max(a, b));
      points.push([band.frequenciesHz[m]! / 1e9, 10 * Math.log10(Math.max(most / reference, 1e-3))]);
    }
    return { name: pilotName(label), points };
  });
  const high = Math.ceil((10 * Math.log10(strongest / reference) + 1) / 10) * 10;
  return {
    id: `spectrum-${figureNumber}`,
    title: `Received power over frequency of user ${shown(ue, 64)}`,
    description: `Received power of ${plural(pilots.length, 'pilot')} on ${band.numSubcarriers} subcarriers; each peak is a subcarrier whose focus is near the user.`,
    draw: (widthPx) => {
      const names = lines.map(({ name }) => name);
      const top = legendHeightPx(names, widthPx - 20) + 14;
      return {
        heightPx: top + HEIGHT_PX + 50,
        option: {
          legend: legend(names, 10, 10),
          grid: { left: 60, right: 16, top, height: HEIGHT_PX, outerBoundsMode: 'none' },
          xAxis: valueAxis({
            label: 'Frequency (GHz)',
            min: (band.carrierHz - band.bandwidthHz / 2) / 1e9,
            max: (band.carrierHz + band.bandwidthHz / 2) / 1e9,
            labelGapPx: 26,
            splitLine: false,
          }),
          yAxis: valueAxis({
            label: noise > 0 ? 'Power (dB over noise)' : 'Power (dB under strongest)',
            min: high - 40,
            max: high,
            labelGapPx: 38,
          }),
          series: lines.map(({ name, points }, k) => ({
            name,
            type: 'line' as const,
            data: points,
            symbol: 'none',
            silent: true,
            clip: true,
            itemStyle: { color: COLOURS[k] },
            lineStyle: { color: COLOURS[k], width: 1 },
          })),
        },
      };
    },
  };
}
