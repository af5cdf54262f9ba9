/** Received power of one user's pilots over frequency: where each pilot's subcarriers met the user. */

import type { Band } from '../../array/band.js';
import { largest } from '../../core/extremes.js';
import { legend, legendHeightPx, valueAxis } from '../drawing/axis.js';
import type { Figure } from '../drawing/chart.js';
import { pilotColours } from '../drawing/colour.js';
import { colourBar, heatImage, imageSeries } from '../drawing/heat-image.js';
import { fixed, plural } from '../drawing/number-format.js';
import { shown } from '../page/html.js';
import { pilotName } from './pilot-groups.js';
import { measuredPilots, type RunData } from './run-data.js';

/** More lines than this nobody can tell apart: more pilots are drawn as rows of a picture. */
const MOST_LINES = 6;
const HEIGHT_PX = 220;
/** Neighbouring subcarriers that one point of a line stands for, by the strongest of them. */
const MOST_POINTS = 512;
/** What a picture, whose colours are few, shows below the strongest, dB. */
const PICTURE_SPAN_DB = 25;
/** What lines show below the strongest, dB. */
const LINES_SPAN_DB = 30;

interface Spectrum {
  readonly band: Band;
  /** Powers are over the noise floor; over the strongest power where there is none. */
  readonly overNoise: boolean;
  readonly pilots: readonly {
    readonly name: string;
    /** Relative, of so many subcarriers that stand together. */
    readonly powers: readonly number[];
  }[];
  /** GHz of each of `powers`. */
  readonly frequenciesGHz: readonly number[];
}

/** Null where powers of single subcarriers were not recorded. */
export function spectrumChart(run: RunData, ue: string, figureNumber: number): Figure | null {
  const spectrum = spectrumOf(run, ue);
  if (spectrum === null) return null;
  const { band, pilots } = spectrum;
  return {
    id: `spectrum-${figureNumber}`,
    title: `Received power over frequency of user ${shown(ue, 64)}`,
    description: `Received power of ${plural(pilots.length, 'pilot')} on ${band.numSubcarriers} subcarriers; each peak is a subcarrier whose focus is near the user.`,
    draw: (widthPx) =>
      pilots.length > MOST_LINES ? drawRows(spectrum, widthPx) : drawLines(spectrum, widthPx),
  };
}

function spectrumOf(run: RunData, ue: string): Spectrum | null {
  const { band } = run.facts;
  const measured = measuredPilots(run.slots, ue);
  if (band === null || measured.length === 0) return null;
  if (measured.some(({ power }) => power!.perSubcarrier.length !== band.numSubcarriers)) return null;
  const strongest = largest(measured.map(({ power }) => highest(power!.perSubcarrier)));
  const noise = measured[0]!.power!.noiseFloor / band.numSubcarriers;
  const reference = noise > 0 ? noise : strongest;
  const step = Math.ceil(band.numSubcarriers / MOST_POINTS);
  const starts = Array.from({ length: Math.ceil(band.numSubcarriers / step) }, (_, k) => k * step);
  return {
    band,
    overNoise: noise > 0,
    pilots: measured.map(({ label, power }) => ({
      name: pilotName(label),
      powers: starts.map((m) => highest(power!.perSubcarrier.subarray(m, m + step)) / reference),
    })),
    frequenciesGHz: starts.map((m) => band.frequenciesHz[m]! / 1e9),
  };
}

function highest(powers: Float32Array): number {
  return powers.reduce((a, b) => Math.max(a, b));
}

function frequencyAxis({ carrierHz, bandwidthHz }: Band) {
  return valueAxis({
    label: 'Frequency (GHz)',
    min: (carrierHz - bandwidthHz / 2) / 1e9,
    max: (carrierHz + bandwidthHz / 2) / 1e9,
    labelGapPx: 26,
    splitLine: false,
  });
}

/** A pilot has the colour that it has among the foci. What lies below the noise is not drawn. */
function drawLines({ band, overNoise, pilots, frequenciesGHz }: Spectrum, widthPx: number) {
  const names = pilots.map(({ name }) => name);
  const top = legendHeightPx(names, widthPx - 20) + 14;
  const colours = pilotColours(pilots.length);
  const inDb = pilots.map(({ powers }) => powers.map((power) => 10 * Math.log10(Math.max(power, 1e-9))));
  const highest = largest(inDb.flat());
  const high = Math.ceil((highest + 1) / 5) * 5;
  const low = overNoise ? Math.min(0, high - 15) : high - LINES_SPAN_DB;
  return {
    heightPx: top + HEIGHT_PX + 50,
    option: {
      legend: legend(names, 10, 10),
      grid: { left: 60, right: 16, top, height: HEIGHT_PX, outerBoundsMode: 'none' },
      xAxis: frequencyAxis(band),
      yAxis: valueAxis({
        label: overNoise ? 'Power (dB over noise)' : 'Power (dB under strongest)',
        min: low,
        max: high,
        labelGapPx: 38,
      }),
      series: pilots.map(({ name }, k) => ({
        name,
        type: 'line' as const,
        data: inDb[k]!.map((power, m) => [frequenciesGHz[m]!, Math.max(low, power)]),
        symbol: 'none',
        silent: true,
        clip: true,
        itemStyle: { color: colours[k]! },
        lineStyle: { color: colours[k]!, width: 1.2 },
      })),
    },
  };
}

/** A row per pilot, the first one at the bottom, as the axis counts. */
function drawRows({ band, overNoise, pilots, frequenciesGHz }: Spectrum, widthPx: number) {
  const left = 60;
  const top = 14;
  const plotPx = widthPx - left - 16;
  const values = Float64Array.from(
    pilots.flatMap(({ powers }) => powers.map((power) => 10 * Math.log10(Math.max(power, 1e-9)))),
  );
  // Round, at or above the strongest.
  const high = Math.ceil((values.reduce((a, b) => Math.max(a, b)) + 1) / 10) * 10;
  const range = { low: high - PICTURE_SPAN_DB, high };
  const image = heatImage({ numColumns: frequenciesGHz.length, numRows: pilots.length, values }, range);
  const halfGHz = band.bandwidthHz / 2e9;
  const carrierGHz = band.carrierHz / 1e9;
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((s) => pilots.length / s <= 10) ?? 5000;
  return {
    heightPx: top + HEIGHT_PX + 84,
    option: {
      grid: { left, width: plotPx, top, height: HEIGHT_PX, outerBoundsMode: 'none' },
      xAxis: frequencyAxis(band),
      yAxis: valueAxis({
        label: 'Pilot',
        min: 0.5,
        max: pilots.length + 0.5,
        labelGapPx: 38,
        splitLine: false,
        customValues: Array.from({ length: Math.floor(pilots.length / step) }, (_, k) => (k + 1) * step),
      }),
      series: [imageSeries(image, [carrierGHz - halfGHz, 0.5], [carrierGHz + halfGHz, pilots.length + 0.5])],
      graphic: colourBar(
        { leftPx: left, topPx: top + HEIGHT_PX + 52, widthPx: Math.min(340, plotPx) },
        `≤ ${fixed(range.low, 0)}`,
        overNoise ? 'Power (dB over noise)' : 'Power (dB under strongest)',
        fixed(range.high, 0),
      ),
    },
  };
}
