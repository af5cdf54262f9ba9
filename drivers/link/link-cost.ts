/**
 * What loading codewords and queueing slots costs on the link.
 *
 * Sizes follow from the message layouts of firmware-protocol, with every bound taken on the safe side; a test holds them
 * against real frames.
 */
import { type ElementFormat, packedLength } from '../../firmware-protocol/element-settings.js';
import { maximumFrameLength } from '../../firmware-protocol/frame.js';
import { itemsPerMessage, type MessageDefinition, payloadLength } from '../../firmware-protocol/layout.js';
import { LoadCodeword } from '../../firmware-protocol/messages/load-codeword.js';
import { QueueSlots } from '../../firmware-protocol/messages/queue-slots.js';
import type { HostTiming } from '../array-board.js';

/** Start, eight data and stop. */
const BITS_PER_BYTE = 10;

/** Bytes per second of a serial line of so many bit/s. */
export function lineBytesPerS(baudRate: number): number {
  return baudRate / BITS_PER_BYTE;
}

/** What is put on a link, and how long it takes there. */
export interface LinkUse {
  readonly timeS: number;
  readonly bytes: number;
  /** Of the link, bit/s; 0 where no serial line limits it. */
  readonly baud: number;
}

/** One after the other. */
export function inTurn(a: LinkUse, b: LinkUse): LinkUse {
  return { timeS: a.timeS + b.timeS, bytes: a.bytes + b.bytes, baud: a.baud };
}

/** Whichever is more, of time and of bytes. */
export function larger(a: LinkUse, b: LinkUse): LinkUse {
  return { timeS: Math.max(a.timeS, b.timeS), bytes: Math.max(a.bytes, b.bytes), baud: a.baud };
}

/** `37737 bytes at 3000000 baud`. */
export function linkUseInWords({ bytes, baud }: LinkUse): string {
  return baud === 0 ? `${bytes} bytes` : `${bytes} bytes at ${baud} baud`;
}

/** What a plan must know of what loading and queueing cost. */
export interface SlotCosts {
  /** Loading so many codewords, then queueing so many slots. */
  of(numCodewords: number, numSlots: number): LinkUse;
  /** Nothing. */
  readonly none: LinkUse;
}

/** Of a board whose slots this machine keeps: before the first slot come what is stored, and what is done ahead of a slot. */
export class HostTimedCost implements SlotCosts {
  readonly #timing: HostTiming;

  constructor(timing: HostTiming) {
    this.#timing = timing;
  }

  of(numCodewords: number, numSlots: number): LinkUse {
    const { storeS, storeBytes, aheadS, slotBytes, jitterS, baud } = this.#timing;
    const timeS = numCodewords * storeS + (numSlots > 0 ? aheadS + jitterS : 0);
    return { timeS, bytes: numCodewords * storeBytes + numSlots * slotBytes, baud };
  }

  get none(): LinkUse {
    return { timeS: 0, bytes: 0, baud: this.#timing.baud };
  }
}

/** Found once, for every plan of slots asks. */
const QUEUE_SLOTS = sizesOf(QueueSlots);

/** Of a serial link to a board with codewords of a given size. */
export class LinkCost implements SlotCosts {
  readonly #baud: number;
  readonly #codewordBytes: number;

  /** @param baud bit/s. */
  constructor(baud: number, board: ElementFormat & { readonly numElements: number }) {
    this.#baud = baud;
    this.#codewordBytes = wireBytes(sizesOf(LoadCodeword), packedLength(board.numElements, board));
  }

  /** Loading so many codewords, then queueing so many slots. */
  of(numCodewords: number, numSlots: number): LinkUse {
    const bytes = numCodewords * this.#codewordBytes + wireBytes(QUEUE_SLOTS, numSlots);
    return { timeS: (bytes * BITS_PER_BYTE) / this.#baud, bytes, baud: this.#baud };
  }

  /** Nothing. */
  get none(): LinkUse {
    return { timeS: 0, bytes: 0, baud: this.#baud };
  }
}

/** What messages with a number of items are made of, bytes. */
interface Sizes {
  readonly fixed: number;
  readonly item: number;
  /** Most items of one message. */
  readonly most: number;
}

function sizesOf(definition: MessageDefinition): Sizes {
  const fixed = payloadLength(definition, 0);
  return { fixed, item: payloadLength(definition, 1) - fixed, most: itemsPerMessage(definition) };
}

/** Bytes on the link for so many items, in as few messages as take them. */
function wireBytes({ fixed, item, most }: Sizes, numItems: number): number {
  const rest = numItems % most;
  const frame = (items: number) => maximumFrameLength(fixed + items * item);
  return Math.floor(numItems / most) * frame(most) + (rest > 0 ? frame(rest) : 0);
}
