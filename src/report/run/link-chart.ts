/** The serial link over the run: bytes, trouble, round trip. */
import { legend, legendHeightPx, roundTicks, valueAxis } from '../drawing/axis.js';
import type { Figure } from '../drawing/chart.js';
import { COLOUR } from '../drawing/colour.js';
import type { RunData } from './run-data.js';
import type { LinkSample, LinkTotals } from './run-statistics.js';

/** Null with fewer than two samples: there is no course to show. */
export function linkChart(run: RunData): Figure | null {
  const samples = run.statistics.link;
  if (samples.length < 2) return null;
  const last = samples.at(-1)!.totals;
  // What happened before the first sample belongs to the course, too.
  const startMs = Math.min(
    samples[0]!.wallTime.getTime(),
    run.events[0]?.wallTime.getTime() ?? Number.POSITIVE_INFINITY,
  );
  return {
    id: 'link-history',
    title: 'The link over the run',
    description:
      `Cumulative bytes, cumulative trouble and round trip over wall-clock time. At the end: ` +
      `${last.retransmissions} retransmissions, ${last.corruptFrames} corrupt frames, ${last.reconnects} reconnects.`,
    draw: (widthPx) => draw(samples, startMs, widthPx),
  };
}

/** Above this many samples, lines carry no markers. */
const MOST_MARKERS = 40;

interface Line {
  readonly name: string;
  readonly colour: string;
  readonly value: (totals: LinkTotals) => number | null;
  readonly step?: boolean;
}

const PANELS: readonly { readonly label: string; readonly lines: readonly Line[] }[] = [
  {
    label: 'Bytes so far (kB)',
    lines: [
      { name: 'Sent', colour: COLOUR.blue, value: ({ bytesSent }) => bytesSent / 1e3 },
      { name: 'Received', colour: COLOUR.orange, value: ({ bytesReceived }) => bytesReceived / 1e3 },
    ],
  },
  {
    label: 'Trouble so far',
    lines: [
      { name: 'Retransmissions', colour: COLOUR.red, value: (totals) => totals.retransmissions, step: true },
      { name: 'Corrupt frames', colour: COLOUR.purple, value: (totals) => totals.corruptFrames, step: true },
      { name: 'Reconnects', colour: COLOUR.ink, value: (totals) => totals.reconnects, step: true },
    ],
  },
  {
    label: 'Round trip (ms)',
    lines: [
      {
        name: 'Round trip',
        colour: COLOUR.green,
        value: ({ roundTripS }) => (roundTripS === null ? null : roundTripS * 1e3),
      },
    ],
  },
];

function draw(samples: readonly LinkSample[], startMs: number, widthPx: number) {
  const compact = widthPx < 500;
  const names = PANELS.flatMap((panel) => panel.lines.map((line) => line.name));
  const left = 56;
  const right = 16;
  const top = legendHeightPx(names, widthPx - 20) + 10;
  const panelPx = 92;
  const pitchPx = panelPx + 22;
  const timeS = (sample: LinkSample) => (sample.wallTime.getTime() - startMs) / 1e3;
  const endS = Math.max(1e-3, timeS(samples.at(-1)!));
  return {
    heightPx: top + PANELS.length * pitchPx + 36,
    option: {
      legend: legend(names, 10, 10),
      grid: PANELS.map((_, k) => ({
        left,
        right,
        top: top + k * pitchPx,
        height: panelPx,
        outerBoundsMode: 'none',
      })),
      xAxis: PANELS.map((_, k) =>
        valueAxis({
          label: k === PANELS.length - 1 ? 'Wall-clock time (s)' : '',
          min: 0,
          max: endS,
          gridIndex: k,
          showTickLabels: k === PANELS.length - 1,
          labelGapPx: 26,
          customValues: roundTicks(0, endS, 'linear', compact ? 5 : 9),
        }),
      ),
      yAxis: PANELS.map((panel, k) => ({
        ...valueAxis({ label: panel.label, min: 0, gridIndex: k, labelGapPx: 40, splitNumber: 3 }),
        // A panel without any trouble still shows an axis that makes sense.
        minInterval: k === 1 ? 1 : 0,
        max: (extent: { max: number }) => (extent.max > 0 ? extent.max * 1.08 : 1),
        axisLabel: { color: COLOUR.muted, fontSize: 11, showMaxLabel: false, hideOverlap: true },
      })),
      series: PANELS.flatMap((panel, k) =>
        panel.lines.map((line) => ({
          name: line.name,
          type: 'line' as const,
          xAxisIndex: k,
          yAxisIndex: k,
          data: samples.map((sample) => [timeS(sample), line.value(sample.totals)]),
          symbol: 'circle',
          symbolSize: 4,
          showSymbol: samples.length <= MOST_MARKERS,
          showAllSymbol: true,
          silent: true,
          ...(line.step && { step: 'end' as const }),
          lineStyle: { color: line.colour, width: 1.8 },
          itemStyle: { color: line.colour },
        })),
      ),
    },
  };
}
