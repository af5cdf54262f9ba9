/** The array and its boards: what they are, and how they are. */
import type { Frame, RunHello } from '../../live/messages.js';
import type { PatternMessage, ShownMessage } from '../page-messages.js';
import { element, panel, setText } from './elements.js';
import { Pace, type RunPanel } from './run-panel.js';
import { bytes, count, NOTHING, seconds } from './words.js';

const FACTS = [
  'Output',
  'Link',
  'Queue',
  'Codewords',
  'Temperature',
  'Supply',
  'Board time',
  'Round trip',
  'Sent, received',
  'Repaired',
  'Shown',
] as const;
type Fact = (typeof FACTS)[number];

/** Frames that came and that were drawn in the last second. */
export interface Rates {
  readonly received: number;
  readonly drawn: number;
}

export class BoardPanel implements RunPanel {
  readonly root: HTMLElement;
  readonly #values = new Map<Fact, HTMLElement>();
  readonly #caption: HTMLElement;
  readonly #rates: () => Rates;
  readonly #pace = new Pace(4);
  #frame: Frame | null = null;
  #hello: RunHello | null = null;
  #isOver = false;
  #isNew = false;

  constructor(rates: () => Rates) {
    const { root, body, caption } = panel('board', 'Array and boards');
    this.root = root;
    this.#caption = caption;
    this.#rates = rates;
    const facts = FACTS.map((fact) => {
      const value = element('dd', {}, NOTHING);
      this.#values.set(fact, value);
      return element('div', {}, element('dt', {}, fact), value);
    });
    body.append(element('dl', {}, ...facts));
  }

  follow(hello: RunHello): void {
    this.#hello = hello;
    this.#frame = null;
    this.#isOver = false;
    for (const value of this.#values.values()) setText(value, NOTHING);
    const { board, array } = hello;
    const shape =
      array.planar === null
        ? `${count(array.numElements)} elements in a line`
        : `${array.planar.columns} × ${array.planar.rows} elements`;
    const ports = board.isEmulated ? 'emulated' : board.ports.join(', ');
    setText(
      this.#caption,
      `${board.model}, serial number ${board.serialNumber}, firmware ${board.firmware}; ${ports}. ${shape} at ` +
        `${Number((array.carrierHz / 1e9).toPrecision(6))} GHz; phases of ${board.phaseBits} bits` +
        `${board.delayBits === 0 ? '' : `, delays of ${board.delayBits} bits`}.`,
    );
  }

  take(message: ShownMessage | PatternMessage): void {
    if (message.type === 'frame') this.#frame = message;
    else if (message.type === 'end') this.#isOver = true;
    else return;
    this.#isNew = true;
  }

  draw(nowMs: number): void {
    if (!this.#isNew || this.#frame === null || this.#hello === null || !this.#pace.isDue(nowMs)) return;
    this.#isNew = false;
    const { board, boardTimeS, numRowsLost } = this.#frame;
    const { memoryDepth, queueDepth } = this.#hello.board;
    const known = (value: number | null, text: (value: number) => string) =>
      value === null ? NOTHING : text(value);
    const output =
      board.muted === null ? NOTHING : board.muted ? 'muted' : board.armed === true ? 'armed' : 'on';
    this.#show('Output', output, board.muted === true ? 'quiet' : board.muted === false ? 'live' : null);
    this.#show(
      'Link',
      this.#isOver ? 'closed' : board.link,
      board.link === 'up' || this.#isOver ? null : 'bad',
    );
    this.#show(
      'Queue',
      `${known(board.queuedSlots, count)} of ${count(queueDepth)}; ${count(board.outstandingSlots)} outstanding`,
    );
    this.#show(
      'Codewords',
      `${count(board.codewordsLoaded)} loaded, ${count(board.codewordsReused)} reused; memory holds ${count(memoryDepth)}`,
    );
    this.#show(
      'Temperature',
      known(board.temperatureC, (value) => `${value.toFixed(1)} °C`.replace('-', '−')),
    );
    this.#show(
      'Supply',
      known(board.supplyV, (value) => `${value.toFixed(2)} V`),
    );
    this.#show('Board time', seconds(boardTimeS));
    this.#show(
      'Round trip',
      known(board.roundTripS, (value) => `${(1e3 * value).toFixed(2)} ms`),
    );
    this.#show('Sent, received', `${bytes(board.bytesSent)}, ${bytes(board.bytesReceived)}`);
    this.#show(
      'Repaired',
      `${count(board.retransmissions)} sent again, ${count(board.corruptFrames)} corrupt, ${count(board.reconnects)} reconnects`,
    );
    const { received, drawn } = this.#rates();
    this.#show(
      'Shown',
      `${received} frames/s, ${drawn} drawn${numRowsLost === 0 ? '' : `; ${count(numRowsLost)} rows not looked at`}`,
    );
  }

  #show(fact: Fact, text: string, state: 'quiet' | 'live' | 'bad' | null = null): void {
    const value = this.#values.get(fact)!;
    setText(value, text);
    if (value.className !== (state ?? '')) value.className = state ?? '';
  }
}
