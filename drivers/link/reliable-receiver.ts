/**
 * The receiving half of reliable delivery (SPEC 5): puts frames in order, drops what came twice, says when an
 * acknowledgement is due. A pure state machine.
 */
import type { Frame } from '../../firmware-protocol/frame.js';
import { isBehind, nextSequence, sequenceDistance } from './sequence.js';

const ACK_DELAY_S = 0.005;
const ACK_EVERY = 8;

export class ReliableReceiver {
  readonly #window: number;
  #next = 1;
  #held = new Map<number, Frame>();
  #unacknowledged = 0;
  #ackDueS = Number.POSITIVE_INFINITY;
  #duplicates = 0;

  constructor(window: number) {
    this.#window = window;
  }

  /** Takes a reliable frame; returns the frames that are now next in order. */
  receive(nowS: number, frame: Frame): Frame[] {
    const { sequence } = frame;
    if (isBehind(this.#next, sequence) || this.#held.has(sequence)) {
      this.#duplicates++;
      this.#ackDueS = nowS;
      return [];
    }
    if (sequenceDistance(this.#next, sequence) >= this.#window) {
      this.#ackDueS = nowS;
      return [];
    }
    this.#held.set(sequence, frame);
    const inOrder: Frame[] = [];
    for (let head = this.#held.get(this.#next); head !== undefined; head = this.#held.get(this.#next)) {
      this.#held.delete(this.#next);
      this.#next = nextSequence(this.#next);
      inOrder.push(head);
    }
    this.#unacknowledged++;
    const atOnce = inOrder.length !== 1 || this.#held.size > 0 || this.#unacknowledged >= ACK_EVERY;
    this.#ackDueS = Math.min(this.#ackDueS, atOnce ? nowS : nowS + ACK_DELAY_S);
    return inOrder;
  }

  /** When an acknowledgement must be sent; Infinity when none is owed. */
  get ackDueS(): number {
    return this.#ackDueS;
  }

  /** Owes an acknowledgement from now on, whatever has come. */
  oweAck(nowS: number): void {
    this.#ackDueS = Math.min(this.#ackDueS, nowS);
  }

  takeAck(): { next: number; bitmap: number } {
    this.#ackDueS = Number.POSITIVE_INFINITY;
    this.#unacknowledged = 0;
    let bitmap = 0;
    for (const sequence of this.#held.keys()) {
      const k = sequenceDistance(this.#next, sequence) - 1;
      if (k < 32) bitmap |= 1 << k;
    }
    return { next: this.#next, bitmap: bitmap >>> 0 };
  }

  get duplicates(): number {
    return this.#duplicates;
  }
}
