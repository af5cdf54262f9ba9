/** Slots over the board's time: one row per user, coloured by what the receipt said. */
import { largest, smallest } from '../../core/extremes.js';
import { legend, legendHeightPx, valueAxis } from '../drawing/axis.js';
import type { Figure } from '../drawing/chart.js';
import { COLOUR } from '../drawing/colour.js';
import { count, plural } from '../drawing/number-format.js';
import { shown } from '../page/html.js';
import type { RunData, SlotRecord } from './run-data.js';
import { type SlotOutcome, type SlotTally, slotOutcome, tallySlots } from './slot-tally.js';

const OUTCOMES: readonly { readonly outcome: SlotOutcome; readonly name: string; readonly colour: string }[] =
  [
    { outcome: 'latched', name: 'Latched on time', colour: COLOUR.blue },
    { outcome: 'acknowledged', name: 'Acknowledged in time', colour: COLOUR.green },
    { outcome: 'sent', name: 'Sent in time', colour: COLOUR.purple },
    { outcome: 'late', name: 'Late', colour: COLOUR.orange },
    { outcome: 'missed', name: 'Missed', colour: COLOUR.red },
    { outcome: 'no receipt', name: 'No receipt', colour: COLOUR.muted },
  ];
const MOST_ROWS = 24;
/** Longer runs are shown in seconds. */
const LONG_S = 10;
/** Of the widest drawing: what is closer than one of them is one bar. */
const FINEST_STEPS = 2000;
/** More rows than this are packed. */
const MANY_ROWS = 12;

interface Bar {
  readonly row: number;
  readonly outcome: SlotOutcome;
  readonly fromS: number;
  toS: number;
}

export function slotChart(run: RunData): Figure | null {
  if (run.slots.length === 0) return null;
  const all = [...new Set(run.slots.map((slot) => slot.ue))];
  const ues = all.slice(0, MOST_ROWS);
  const bars = barsOf(run.slots, ues, run.facts.slotDurationS ?? shortestStep(run.slots));
  const tally = tallySlots(run.slots);
  return {
    id: 'slot-timeline',
    title: `Slots over the board’s time${all.length > ues.length ? `, the first ${ues.length} of ${count(all.length)} users` : ''}`,
    description:
      `One row per user. ${plural(run.slots.length, 'slot')}: ${keptCounts(tally)}, ${tally.late} late, ` +
      `${tally.missed} missed, ${tally.noReceipt} without a receipt.`,
    draw: (widthPx) => draw(bars, ues, widthPx),
  };
}

function keptCounts({ latched, acknowledged, sent }: SlotTally): string {
  const weaker = [
    ...(acknowledged > 0 ? [`${acknowledged} acknowledged in time`] : []),
    ...(sent > 0 ? [`${sent} sent in time`] : []),
  ];
  return [...(latched > 0 || weaker.length === 0 ? [`${latched} latched on time`] : []), ...weaker].join(
    ', ',
  );
}

const KEPT_OUTCOMES: ReadonlySet<SlotOutcome> = new Set(['latched', 'acknowledged', 'sent']);

function shortestStep(slots: readonly SlotRecord[]): number {
  const steps = slots.slice(1).map((slot, k) => slot.plannedBoardTimeS - slots[k]!.plannedBoardTimeS);
  return Math.min(1, smallest(steps.filter((step) => step > 0)));
}

/** Neighbouring slots of the same user and outcome become one bar, and so do those of a long run that would stand closer than shows. */
function barsOf(slots: readonly SlotRecord[], ues: readonly string[], durationS: number): Bar[] {
  const rowOf = new Map(ues.map((ue, row) => [ue, row]));
  const startS = smallest(slots.map(({ plannedBoardTimeS }) => plannedBoardTimeS));
  const spanS = largest(slots.map(({ plannedBoardTimeS }) => plannedBoardTimeS)) - startS;
  const closestS = Math.max(durationS / 2, spanS / FINEST_STEPS);
  const last = new Map<string, Bar>();
  const bars: Bar[] = [];
  for (const slot of slots) {
    const row = rowOf.get(slot.ue);
    if (row === undefined) continue;
    const outcome = slotOutcome(slot);
    const fromS = slot.plannedBoardTimeS;
    const key = `${row} ${outcome}`;
    const before = last.get(key);
    if (before !== undefined && fromS - before.toS < closestS) {
      before.toS = fromS + durationS;
      continue;
    }
    const bar = { row, outcome, fromS, toS: fromS + durationS };
    last.set(key, bar);
    bars.push(bar);
  }
  return bars;
}

interface BarApi {
  value(dimension: number): number;
  coord(point: readonly [number, number]): number[];
}

function draw(bars: readonly Bar[], ues: readonly string[], widthPx: number) {
  const startS = smallest(bars.map((bar) => bar.fromS));
  const present = OUTCOMES.filter(({ outcome }) => bars.some((bar) => bar.outcome === outcome));
  const names = present.map(({ name }) => name);
  const nameChars = Math.min(14, largest(ues.map((ue) => ue.length)));
  const left = 24 + nameChars * 7.6;
  const top = legendHeightPx(names, widthPx - 20) + 10;
  const heightPx = ues.length * (ues.length > MANY_ROWS ? 18 : 26);
  const inSeconds = largest(bars.map((bar) => bar.toS)) - startS >= LONG_S;
  const since = (timeS: number) => (timeS - startS) * (inSeconds ? 1 : 1e3);
  return {
    heightPx: top + heightPx + 50,
    option: {
      legend: { ...legend(names, 10, 10), itemWidth: 12 },
      grid: { left, right: 16, top, height: heightPx, outerBoundsMode: 'none' },
      xAxis: valueAxis({
        label: `Board time since the first slot (${inSeconds ? 's' : 'ms'})`,
        min: 0,
        labelGapPx: 28,
        splitNumber: widthPx < 500 ? 4 : 10,
      }),
      yAxis: {
        type: 'category' as const,
        data: [...ues],
        inverse: true,
        axisLine: { lineStyle: { color: COLOUR.muted } },
        axisTick: { show: false },
        axisLabel: { color: COLOUR.ink, fontSize: 12, formatter: (ue: string) => shown(ue, 14), interval: 0 },
      },
      series: present.map(({ outcome, name, colour }) => ({
        name,
        type: 'custom' as const,
        silent: true,
        itemStyle: { color: colour },
        data: bars
          .filter((bar) => bar.outcome === outcome)
          .map((bar) => [since(bar.fromS), bar.row, since(bar.toS)]),
        encode: { x: [0, 2], y: 1 },
        renderItem: (_params: unknown, api: BarApi) => {
          const [x, y] = api.coord([api.value(0), api.value(1)]) as [number, number];
          const [right] = api.coord([api.value(2), api.value(1)]) as [number, number];
          const isKept = KEPT_OUTCOMES.has(outcome);
          const tall = isKept ? 10 : 16;
          return {
            type: 'rect' as const,
            // Slots are short against the pauses between batches: never thinner than what can be seen.
            shape: {
              x,
              y: y - tall / 2,
              width: Math.max(isKept ? 1.2 : 1.8, right - x),
              height: tall,
            },
            style: { fill: colour },
            z2: isKept ? 1 : 2,
          };
        },
      })),
    },
  };
}
