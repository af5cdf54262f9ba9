/** One session: a pair of numbered streams that starts at 1 in both directions. */
import type { ProtocolVersion } from '../../firmware-protocol/messages/hello.js';
import type { PayloadOf } from '../../firmware-protocol/registry.js';
import { ReliableReceiver } from './reliable-receiver.js';
import { ReliableSender } from './reliable-sender.js';
import type { RoundTrip } from './round-trip.js';

export type WelcomeMessage = PayloadOf<'Welcome'>;

/** Frames that a receiver holds out of order; the acknowledgement bitmap has room for no more. */
export const WINDOW = 32;

/**
 * What a Welcome means for the messages so far.
 * `first`: nothing was said before. `resumed`: both sides kept their numbers, nothing is lost.
 * `replaced`: the board had forgotten the session (another host spoke to it); messages without an answer have an unknown
 * fate. `restarted`: the board restarted; memory, queue and clock are new.
 */
export type Continuity = 'first' | 'resumed' | 'replaced' | 'restarted';

export interface Refusal {
  readonly board: ProtocolVersion;
  readonly host: ProtocolVersion;
}

export class Session {
  readonly id: number;
  sender: ReliableSender;
  receiver: ReliableReceiver;
  /** The board is in this session. */
  established = false;

  constructor(id: number, roundTrip: RoundTrip) {
    this.id = id;
    this.sender = new ReliableSender(id, WINDOW, roundTrip);
    this.receiver = new ReliableReceiver(WINDOW);
  }
}

/** A new id whose low 16 bits, which frames carry, differ from the last one's. */
export function newSessionId(random: () => number, previous: number): number {
  for (;;) {
    const id = random() >>> 0;
    if ((id & 0xffff) !== (previous & 0xffff) && id !== 0) return id;
  }
}
