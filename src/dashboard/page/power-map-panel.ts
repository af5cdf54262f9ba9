/** Received power as a picture that scrolls: subcarriers of one user over slots, or users over slots where the carrier alone is measured. */
import type { PowerRow, RunHello } from '../../live/messages.js';
import { MOST_BINS } from '../../live/messages.js';
import type { PatternMessage, ShownMessage } from '../page-messages.js';
import { axis, Chart, type Colours } from './chart.js';
import { element, panel, setText } from './elements.js';
import { Picture, pixelOf } from './heat-colours.js';
import { Ring } from './ring.js';
import { Pace, type RunPanel } from './run-panel.js';
import { count, decibels } from './words.js';

const MARGINS = { left: 62, right: 14, top: 8, bottom: 42 };
const NUM_COLUMNS = 400;
const MOST_USERS = 64;
/** Below the strongest that is shown. */
const SPAN_DB = 40;
const STEP_DB = 5;
const EVERYBODY = '';

export class PowerMapPanel implements RunPanel {
  readonly root: HTMLElement;
  readonly isOfRun = true;
  readonly #chart: Chart;
  readonly #caption: HTMLElement;
  readonly #choiceRow: HTMLElement;
  readonly #choice = element('select', { id: 'map-user' });
  readonly #pace = new Pace(25);
  readonly #axisPace = new Pace(2);
  readonly #slots = new Ring(NUM_COLUMNS);
  #users: readonly string[] = [];
  #band: RunHello['band'] = null;
  #picture = new Picture(NUM_COLUMNS, 1);
  /** dB, NaN = nothing; columns in the order of the ring, shape [NUM_COLUMNS, rows]. */
  #values = new Float32Array(NUM_COLUMNS).fill(Number.NaN);
  #next = 0;
  #highDb = Number.NaN;
  /** Columns that were written and not drawn yet; all where the range has changed. */
  #numNew = 0;
  #inColumn = new Set<string>();

  constructor() {
    const { root, body, caption } = panel('power-map', 'Received power as a map');
    this.root = root;
    this.#caption = caption;
    this.#chart = new Chart('Map of received power', 'medium', MARGINS, (colours) => this.#option(colours));
    this.#choice.addEventListener('change', () => this.#clear());
    this.#choiceRow = element(
      'p',
      { class: 'choice' },
      element('label', { for: 'map-user' }, 'Of '),
      this.#choice,
    );
    body.append(this.#choiceRow, this.#chart.root);
  }

  follow({ users, band }: RunHello): void {
    this.#users = users.slice(0, MOST_USERS).map(({ id }) => id);
    this.#band = band;
    const options = users.map(({ id }) => element('option', { value: id }, id));
    this.#choice.replaceChildren(element('option', { value: EVERYBODY }, 'whoever is heard'), ...options);
    this.#choiceRow.hidden = band === null;
    this.#clear();
  }

  take(message: ShownMessage | PatternMessage): void {
    if (message.type !== 'frame') return;
    for (const row of message.powers) {
      if (this.#band === null) this.#takeOfUser(row);
      else if (this.#choice.value === EVERYBODY || this.#choice.value === row.ue) this.#takeOfBand(row);
    }
  }

  draw(nowMs: number): void {
    this.#chart.settle();
    if (this.#numNew === 0 || !this.#pace.isDue(nowMs)) return;
    this.#fitRange();
    this.#paint(Math.min(NUM_COLUMNS, this.#numNew));
    this.#numNew = 0;
    const raster = this.#chart.raster();
    if (raster !== null) this.#picture.drawOn(raster, this.#next % NUM_COLUMNS);
    if (this.#axisPace.isDue(nowMs)) this.#chart.refresh();
  }

  get #numRows(): number {
    return this.#picture.height;
  }

  #takeOfUser({ ue, lastSlot, mostDb }: PowerRow): void {
    const row = this.#users.indexOf(ue);
    if (row < 0) return;
    if (this.#inColumn.has(ue) || this.#inColumn.size === 0) {
      this.#beginColumn(lastSlot);
      this.#inColumn.clear();
    }
    this.#inColumn.add(ue);
    // The first user is at the top.
    this.#put(this.#numRows - 1 - row, mostDb ?? Number.NaN);
    this.#describe(`${ue}, slot ${count(lastSlot)}: ${decibels(mostDb)}.`);
  }

  #takeOfBand({ ue, lastSlot, bins, topDb, mostDb }: PowerRow): void {
    if (bins === null) return;
    const bytes = atob(bins);
    if (bytes.length !== this.#numRows) this.#resize(bytes.length);
    this.#beginColumn(lastSlot);
    for (let row = 0; row < bytes.length; row++) {
      const code = bytes.charCodeAt(row);
      this.#put(row, code === 0 || topDb === null ? Number.NaN : topDb - (255 - code) / 2);
    }
    this.#describe(
      `${ue}, slot ${count(lastSlot)}: mean over subcarriers up to ${decibels(mostDb)}, strongest subcarrier ${decibels(topDb)}.`,
    );
  }

  #beginColumn(slot: number): void {
    const column = this.#next++ % NUM_COLUMNS;
    this.#values.fill(Number.NaN, column * this.#numRows, (column + 1) * this.#numRows);
    this.#slots.push(slot);
    this.#numNew++;
  }

  /** @param row from the bottom. */
  #put(row: number, valueDb: number): void {
    const column = (this.#next - 1) % NUM_COLUMNS;
    this.#values[column * this.#numRows + row] = valueDb;
    if (this.#numNew === 0) this.#numNew = 1;
  }

  #describe(text: string): void {
    setText(this.#caption, text);
    this.#chart.describe(`Map of received power over slots. Latest: ${text}`);
  }

  #clear(): void {
    this.#resize(
      this.#band === null ? Math.max(1, this.#users.length) : Math.min(MOST_BINS, this.#band.numSubcarriers),
    );
    setText(this.#caption, 'Nothing has been received yet.');
    this.#chart.raster()?.reset();
  }

  #resize(numRows: number): void {
    this.#picture = new Picture(NUM_COLUMNS, numRows);
    this.#values = new Float32Array(NUM_COLUMNS * numRows).fill(Number.NaN);
    this.#slots.clear();
    this.#inColumn.clear();
    this.#next = 0;
    this.#numNew = 0;
    this.#highDb = Number.NaN;
    this.#chart.refresh();
  }

  /** The brightest colour is that of the strongest that is shown, in steps, so that it seldom changes. */
  #fitRange(): void {
    let high = Number.NEGATIVE_INFINITY;
    for (const value of this.#values) if (value > high) high = value;
    if (high === Number.NEGATIVE_INFINITY) return;
    const highDb = STEP_DB * Math.ceil(high / STEP_DB);
    if (highDb === this.#highDb) return;
    this.#highDb = highDb;
    this.#numNew = NUM_COLUMNS;
  }

  #paint(numColumns: number): void {
    const { pixels, height } = this.#picture;
    const lowDb = this.#highDb - SPAN_DB;
    for (let back = 1; back <= Math.min(numColumns, this.#next); back++) {
      const column = (this.#next - back) % NUM_COLUMNS;
      for (let row = 0; row < height; row++) {
        const valueDb = this.#values[column * height + row]!;
        pixels[(height - 1 - row) * NUM_COLUMNS + column] = pixelOf((valueDb - lowDb) / SPAN_DB);
      }
    }
    this.#picture.update();
  }

  #option(colours: Colours) {
    const slotText = (column: number) => {
      const k = Math.round(column) - (NUM_COLUMNS - this.#slots.length);
      return k < 0 || k >= this.#slots.length ? '' : count(this.#slots.at(k));
    };
    const x = axis(
      {
        name: `Slot; bright is ${decibels(Number.isNaN(this.#highDb) ? 0 : this.#highDb, 0)}, dark ${SPAN_DB} dB less`,
        min: 0,
        max: NUM_COLUMNS,
        format: slotText,
        gap: 26,
        isAcross: true,
        ticks: [1, 100, 200, 300, NUM_COLUMNS - 1],
      },
      colours,
    );
    const rows = this.#band?.numSubcarriers ?? this.#numRows;
    const name = this.#band === null ? '' : 'Subcarrier';
    const step = Math.max(1, Math.ceil(this.#users.length / 16));
    const y =
      this.#band === null
        ? axis(
            {
              name,
              min: 0,
              max: rows,
              ticks: this.#users.flatMap((_, k) => (k % step === 0 ? [rows - k - 0.5] : [])),
              format: (at) => clipped(this.#users[Math.round(rows - at - 0.5)] ?? ''),
              gap: 46,
            },
            colours,
          )
        : axis({ name, min: 0, max: rows, format: (at) => count(at), gap: 44 }, colours);
    return { xAxis: x, yAxis: y, series: [] };
  }
}

function clipped(text: string): string {
  return text.length > 8 ? `${text.slice(0, 7)}…` : text;
}
