/** The latest slots and what became of each. Planned, latched and measured are three facts; a slot stands in the lane of the last. */
import type { Frame, RunHello, SlotState } from '../../live/messages.js';
import type { PatternMessage, ShownMessage } from '../page-messages.js';
import { axis, Chart, type Colours } from './chart.js';
import { panel, setText, Table } from './elements.js';
import { Picture } from './heat-colours.js';
import { LatestSlots } from './latest-slots.js';
import { Pace, type RunPanel } from './run-panel.js';
import { count } from './words.js';

const MARGINS = { left: 74, right: 14, top: 8, bottom: 42 };
/** From bottom to top. */
const LANES = ['missed', 'late', 'measured', 'latched', 'planned'] as const satisfies readonly SlotState[];
const NUM_SHOWN = 400;
const TICKS = [0, 100, 200, 300, NUM_SHOWN - 1];

export class SlotsPanel implements RunPanel {
  readonly root: HTMLElement;
  readonly #chart: Chart;
  readonly #caption: HTMLElement;
  readonly #counts = new Table('Slots so far', [
    { title: 'Slots' },
    ...['planned', 'latched', 'measured', 'late', 'missed'].map((title) => ({ title, isNumber: true })),
  ]);
  readonly #pace = new Pace(25);
  readonly #axisPace = new Pace(2);
  readonly #picture = new Picture(NUM_SHOWN, LANES.length);
  readonly #latest = new LatestSlots();
  #pixelOfLane: readonly number[] = [];
  #hello: RunHello | null = null;
  #frame: Frame | null = null;
  #isNew = false;

  constructor() {
    const { root, body, caption } = panel('slots', 'Slots');
    this.root = root;
    this.#caption = caption;
    this.#chart = new Chart('Slots', 'short', MARGINS, (now) => this.#option(now));
    body.append(this.#chart.root, this.#counts.root);
  }

  follow(hello: RunHello): void {
    this.#hello = hello;
    this.#latest.clear();
    this.#frame = null;
    this.#isNew = true;
    this.#counts.show([['so far', '0', '0', '0', '0', '0']]);
    setText(this.#caption, 'No slot has been planned yet.');
    this.#chart.refresh();
  }

  take(message: ShownMessage | PatternMessage): void {
    if (message.type !== 'frame') return;
    this.#frame = message;
    for (const { slot, numSlots, state } of message.slots)
      for (let k = 0; k < numSlots; k++) this.#latest.mark(slot + k, LANES.indexOf(state));
    this.#isNew = true;
  }

  draw(nowMs: number): void {
    this.#chart.settle();
    if (!this.#isNew || !this.#pace.isDue(nowMs)) return;
    this.#isNew = false;
    this.#paint();
    const raster = this.#chart.raster();
    if (raster !== null) this.#picture.drawOn(raster);
    if (!this.#axisPace.isDue(nowMs)) {
      this.#isNew = true;
      return;
    }
    this.#chart.refresh();
    this.#say();
  }

  #paint(): void {
    const { pixels, height } = this.#picture;
    pixels.fill(0);
    for (let k = 0; k < this.#numShown; k++)
      pixels[(height - 1 - this.#latest.laneAt(this.#numShown - 1 - k)) * NUM_SHOWN + k] =
        this.#pixelOfLane[this.#latest.laneAt(this.#numShown - 1 - k)]!;
    this.#picture.update();
  }

  get #numShown(): number {
    return Math.min(NUM_SHOWN, this.#latest.length);
  }

  #slotText(at: number): string {
    const back = this.#numShown - 1 - Math.round(at);
    return back < 0 ? '' : count(this.#latest.slotAt(back));
  }

  #say(): void {
    if (this.#frame === null || this.#hello === null) return;
    const { planned, latched, measured, late, missed } = this.#frame.counts;
    this.#counts.show([['so far', ...[planned, latched, measured, late, missed].map(count)]]);
    const text = `${count(planned)} planned, ${count(latched)} latched, ${count(measured)} measured, ${count(late)} late, ${count(missed)} missed`;
    setText(
      this.#caption,
      `A slot takes ${Number((1e6 * this.#hello.slotDurationS).toPrecision(4))} µs; the latest ${count(this.#numShown)} are drawn.`,
    );
    this.#chart.describe(`Timeline of the latest slots by what became of them. So far: ${text}.`);
  }

  #option(now: Colours) {
    this.#pixelOfLane = [now.red, now.orange, now.green, now.blue, now.muted].map(pixelOfHex);
    return {
      xAxis: axis(
        {
          name: 'Slot',
          min: 0,
          max: NUM_SHOWN,
          ticks: TICKS,
          format: (at) => this.#slotText(at),
          gap: 26,
          isAcross: true,
        },
        now,
      ),
      yAxis: axis(
        {
          name: '',
          min: 0,
          max: LANES.length,
          ticks: LANES.map((_, k) => k + 0.5),
          format: (at) => LANES[Math.floor(at)] ?? '',
          gap: 40,
        },
        now,
      ),
      series: [],
    };
  }
}

function pixelOfHex(colour: string): number {
  const value = Number.parseInt(colour.slice(1), 16);
  const [red, green, blue] = [(value >> 16) & 255, (value >> 8) & 255, value & 255];
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
