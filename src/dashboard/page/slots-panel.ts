/** The latest slots and what became of each. Planned, latched and measured are three facts; a slot stands in the lane of the last. */
import type { Frame, RunHello, SlotCountsSoFar, SlotState } from '../../live/messages.js';
import type { PatternMessage, ShownMessage } from '../page-messages.js';
import { axis, Chart, type Colours } from './chart.js';
import { panel, setText, Table } from './elements.js';
import { Picture } from './heat-colours.js';
import { LatestSlots } from './latest-slots.js';
import { Pace, type RunPanel } from './run-panel.js';
import { count } from './words.js';

const MARGINS = { left: 74, right: 14, top: 8, bottom: 42 };
/** From bottom to top. */
const STATES = [
  ...(['missed', 'late', 'measured', 'latched'] as const),
  // Of boards that do not say what they latched.
  ...(['acknowledged', 'sent'] as const),
  'planned',
] as const satisfies readonly SlotState[];
type Counted = keyof SlotCountsSoFar;
const USUAL: readonly Counted[] = ['missed', 'late', 'measured', 'latched', 'planned'];
const NUM_SHOWN = 400;
const TICKS = [0, 100, 200, 300, NUM_SHOWN - 1];

export class SlotsPanel implements RunPanel {
  readonly root: HTMLElement;
  readonly isOfRun = true;
  readonly #chart: Chart;
  readonly #caption: HTMLElement;
  readonly #counts = new Table('Slots so far', [
    { title: 'Slots' },
    ...STATES.toReversed().map((title) => ({ title, isNumber: true })),
  ]);
  readonly #pace = new Pace(25);
  readonly #axisPace = new Pace(2);
  #lanes = USUAL;
  #picture = new Picture(NUM_SHOWN, USUAL.length);
  readonly #latest = new LatestSlots();
  #pixelOfState: readonly number[] = [];
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
    this.#show(USUAL);
    this.#frame = null;
    this.#isNew = true;
    this.#counts.show([['so far', ...STATES.map(() => '0')]]);
    setText(this.#caption, 'No slot has been planned yet.');
    this.#chart.refresh();
  }

  take(message: ShownMessage | PatternMessage): void {
    if (message.type !== 'frame') return;
    this.#frame = message;
    const { counts } = message;
    if (this.#lanes === USUAL && counts.acknowledged + counts.sent > 0) this.#show(STATES);
    for (const { slot, numSlots, state } of message.slots)
      for (let k = 0; k < numSlots; k++) this.#latest.mark(slot + k, STATES.indexOf(state));
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

  #show(lanes: readonly Counted[]): void {
    this.#lanes = lanes;
    this.#picture = new Picture(NUM_SHOWN, lanes.length);
    this.#chart.refresh();
  }

  #paint(): void {
    const { pixels, height } = this.#picture;
    pixels.fill(0);
    for (let k = 0; k < this.#numShown; k++) {
      const state = this.#latest.laneAt(this.#numShown - 1 - k);
      const lane = this.#lanes.indexOf(STATES[state]!);
      pixels[(height - 1 - lane) * NUM_SHOWN + k] = this.#pixelOfState[state]!;
    }
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
    const { counts } = this.#frame;
    this.#counts.show([['so far', ...STATES.toReversed().map((state) => count(counts[state]))]]);
    const text = this.#lanes
      .toReversed()
      .map((state) => `${count(counts[state])} ${state}`)
      .join(', ');
    setText(
      this.#caption,
      `A slot takes ${Number((1e6 * this.#hello.slotDurationS).toPrecision(4))} µs; the latest ${count(this.#numShown)} are drawn.`,
    );
    this.#chart.describe(`Timeline of the latest slots by what became of them. So far: ${text}.`);
  }

  #option(now: Colours) {
    this.#pixelOfState = [
      ...[now.red, now.orange, now.green, now.blue],
      ...[now.purple, now.orange, now.muted],
    ].map(pixelOfHex);
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
          max: this.#lanes.length,
          ticks: this.#lanes.map((_, k) => k + 0.5),
          format: (at) => this.#lanes[Math.floor(at)] ?? '',
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
