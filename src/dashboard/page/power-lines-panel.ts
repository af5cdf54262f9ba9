/** Received power, slot after slot: the strongest and the mean of what each frame told, over the noise. */
import type { PowerRow, RunHello } from '../../live/messages.js';
import type { PatternMessage, ShownMessage } from '../page-messages.js';
import { axis, Chart, type Colours } from './chart.js';
import { element, panel, setText } from './elements.js';
import { Ring } from './ring.js';
import { Pace, type RunPanel } from './run-panel.js';
import { count, decibels } from './words.js';

const MARGINS = { left: 52, right: 14, top: 30, bottom: 42 };
const NUM_POINTS = 600;
const STEP_DB = 10;
const EVERYBODY = '';

export class PowerLinesPanel implements RunPanel {
  readonly root: HTMLElement;
  readonly isOfRun = true;
  readonly #chart: Chart;
  readonly #caption: HTMLElement;
  readonly #choice = element('select', { id: 'power-user' });
  readonly #slots = new Ring(NUM_POINTS);
  readonly #most = new Ring(NUM_POINTS);
  readonly #mean = new Ring(NUM_POINTS);
  readonly #noise = new Ring(NUM_POINTS);
  readonly #pace = new Pace(8);
  #isNew = false;
  #latest: PowerRow | null = null;

  constructor() {
    const { root, body, caption } = panel('power', 'Received power, slot after slot');
    this.root = root;
    this.#caption = caption;
    this.#chart = new Chart('Received power', 'medium', MARGINS, (colours) => this.#option(colours));
    this.#choice.addEventListener('change', () => this.#clear());
    body.append(
      element('p', { class: 'choice' }, element('label', { for: 'power-user' }, 'Of '), this.#choice),
      this.#chart.root,
    );
  }

  follow({ users }: RunHello): void {
    const options = users.map(({ id }) => element('option', { value: id }, id));
    this.#choice.replaceChildren(element('option', { value: EVERYBODY }, 'all users'), ...options);
    this.#clear();
  }

  take(message: ShownMessage | PatternMessage): void {
    if (message.type !== 'frame') return;
    const { value } = this.#choice;
    for (const row of message.powers) {
      if (value !== EVERYBODY && row.ue !== value) continue;
      const { lastSlot, mostDb, meanDb, noiseFloorDb } = row;
      this.#slots.push(lastSlot);
      this.#most.push(mostDb ?? Number.NaN);
      this.#mean.push(meanDb ?? Number.NaN);
      this.#noise.push(noiseFloorDb ?? Number.NaN);
      this.#latest = row;
      this.#isNew = true;
    }
  }

  draw(nowMs: number): void {
    this.#chart.settle();
    if (!this.#isNew || !this.#pace.isDue(nowMs)) return;
    this.#isNew = false;
    this.#chart.set(this.#data());
    const { ue, slot, lastSlot, mostDb, meanDb, leastDb } = this.#latest!;
    const slots = slot === lastSlot ? `slot ${count(slot)}` : `slots ${count(slot)} to ${count(lastSlot)}`;
    const text = `${ue}, ${slots}: strongest ${decibels(mostDb)}, mean ${decibels(meanDb)}, weakest ${decibels(leastDb)}.`;
    setText(this.#caption, text);
    this.#chart.describe(`Received power over slots. Latest: ${text}`);
  }

  #clear(): void {
    for (const ring of [this.#slots, this.#most, this.#mean, this.#noise]) ring.clear();
    this.#latest = null;
    setText(this.#caption, 'Nothing has been received yet.');
    this.#chart.refresh();
  }

  #data() {
    const length = this.#slots.length;
    const points = (ring: Ring) => Array.from({ length }, (_, k) => [k, ring.at(k)]);
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const ring of [this.#most, this.#mean, this.#noise]) {
      for (let k = 0; k < length; k++) {
        const value = ring.at(k);
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
    const isEmpty = !(low <= high);
    return {
      xAxis: { min: 0, max: Math.max(1, length - 1) },
      yAxis: {
        min: isEmpty ? -STEP_DB : STEP_DB * Math.floor(low / STEP_DB),
        max: isEmpty ? 0 : STEP_DB * Math.floor(high / STEP_DB + 1),
      },
      series: [
        { id: 'most', data: points(this.#most) },
        { id: 'mean', data: points(this.#mean) },
        { id: 'noise', data: points(this.#noise) },
      ],
    };
  }

  #option(colours: Colours) {
    const data = this.#data();
    const lines = [
      { id: 'most', name: 'strongest', color: colours.blue },
      { id: 'mean', name: 'mean', color: colours.orange },
      { id: 'noise', name: 'noise floor', color: colours.muted },
    ];
    // Points are equally far apart: between batches no slots are anybody's.
    const format = (k: number) =>
      Number.isInteger(k) && k < this.#slots.length ? count(this.#slots.at(k)) : '';
    return {
      legend: {
        top: 0,
        left: MARGINS.left,
        itemWidth: 16,
        itemHeight: 8,
        textStyle: { color: colours.muted, fontSize: 12 },
        data: lines.map(({ name }) => name),
        selectedMode: false,
      },
      xAxis: axis({ name: 'Slot', ...data.xAxis, format, gap: 26, isAcross: true }, colours),
      yAxis: {
        ...axis({ name: 'Power (dB)', ...data.yAxis, gap: 36 }, colours),
        splitLine: { show: true, lineStyle: { color: colours.grid } },
      },
      series: lines.map(({ id, name, color }, k) => ({
        id,
        name,
        type: 'line' as const,
        showSymbol: false,
        silent: true,
        lineStyle: { width: 1.5, color, type: id === 'noise' ? ('dashed' as const) : ('solid' as const) },
        itemStyle: { color },
        data: data.series[k]!.data,
      })),
    };
  }
}
