import { encodePayload } from '../../../firmware-protocol/codec.js';
import { itemsPerMessage } from '../../../firmware-protocol/layout.js';
import { Receipts } from '../../../firmware-protocol/messages/receipts.js';
import { type MessageName, messageByName, type PayloadOf } from '../../../firmware-protocol/registry.js';
import type { Timers } from '../timers.js';
import type { Receipt } from './receipt-log.js';
import type { ReliableDelivery } from './reliable-delivery.js';

/** Receipts that fit into one message. */
const MAX_RECEIPTS = itemsPerMessage(Receipts);
const GATHER_S = 2e-3;

/** Reliable messages on their way to the host. Receipts are gathered for a moment, so that fast slots share frames. */
export class Outbox {
  readonly #timers: Timers;
  readonly #delivery: ReliableDelivery;
  #gathered: Receipt[] = [];
  #cancelGather: (() => void) | undefined;
  #session = 0;
  #unsafeReceipts = 0;

  constructor(timers: Timers, delivery: ReliableDelivery) {
    this.#timers = timers;
    this.#delivery = delivery;
  }

  /** Number of sessions so far; 0 = there is nobody to send to. */
  get session(): number {
    return this.#session;
  }

  /** Receipts of this session that the host has not acknowledged. */
  get unsafeReceipts(): number {
    return this.#unsafeReceipts;
  }

  /** A new session: what the last one was to hear is dropped; the receipt log still has its receipts. */
  open(): void {
    this.close();
    this.#session++;
    this.#unsafeReceipts = 0;
  }

  close(): void {
    this.#cancelGather?.();
    this.#cancelGather = undefined;
    this.#gathered = [];
  }

  post<N extends MessageName>(name: N, value: PayloadOf<N>, onSafe?: () => void): void {
    if (this.#session === 0) return;
    const definition = messageByName(name);
    this.#delivery.post(definition.type, encodePayload(definition, value), onSafe);
  }

  /** A new receipt; it waits for company only if `moreToCome`. */
  receipt(receipt: Receipt, moreToCome: boolean): void {
    this.#unsafeReceipts++;
    this.#gathered.push(receipt);
    if (!moreToCome || this.#gathered.length >= MAX_RECEIPTS) this.flushReceipts();
    else this.#cancelGather ??= this.#timers.after(GATHER_S, () => this.flushReceipts());
  }

  /** Sends what receipts were gathered so far. */
  flushReceipts(): void {
    const entries = this.#gathered;
    const session = this.#session;
    this.close();
    if (entries.length === 0) return;
    this.post('Receipts', { entries }, () => {
      if (session === this.#session) this.#unsafeReceipts -= entries.length;
    });
  }

  /** Receipts that were asked for again. */
  repeatReceipts(receipts: readonly Receipt[]): void {
    for (let at = 0; at < receipts.length; at += MAX_RECEIPTS) {
      this.post('Receipts', { entries: receipts.slice(at, at + MAX_RECEIPTS) });
    }
  }
}
