import type { PayloadOf } from '../../../firmware-protocol/registry.js';
import { FAULT, RECEIPT_STATUS, TELEMETRY_FLAG } from '../../../firmware-protocol/status.js';
import { CodewordMemory } from './codeword-memory.js';
import { Expansion } from './expansion.js';
import type { Hardware } from './hardware.js';
import { type Receipt, ReceiptLog } from './receipt-log.js';
import { SlotClock, type SlotEvent } from './slot-clock.js';

/** The log keeps this many times the queue's depth. SPEC 7.5. */
const LOG_QUEUES = 4;

type Fault = PayloadOf<'Fault'>;

/**
 * What the board is and does whoever talks to it: memory, queue, slot clock, receipts, mute. Sessions come and go;
 * this lasts from power-up to power-off.
 */
export class BoardState {
  readonly hardware: Hardware;
  readonly memory: CodewordMemory;
  readonly expansion: Expansion;
  readonly clock: SlotClock;
  readonly log: ReceiptLog;
  /** A Mute is in force. */
  muted = false;
  /** The slot clock ran when the session began, which has neither armed nor unmuted the board yet. SPEC 8.1. */
  sessionMuted = false;
  watchdogFired = false;
  readonly #onReceipt: (receipt: Receipt) => void;
  readonly #onFault: (fault: Fault) => void;

  constructor(hardware: Hardware, onReceipt: (receipt: Receipt) => void, onFault: (fault: Fault) => void) {
    this.hardware = hardware;
    this.#onReceipt = onReceipt;
    this.#onFault = onFault;
    this.memory = new CodewordMemory(hardware.model);
    this.expansion = new Expansion(hardware.model, this.memory);
    this.log = new ReceiptLog(LOG_QUEUES * hardware.model.queueDepth);
    this.clock = new SlotClock(hardware.timebase, (event) => this.#slot(event));
  }

  get ticks(): bigint {
    return BigInt(this.hardware.timebase.nowTicks());
  }

  fault(code: number, detail: number, ticks = this.ticks): void {
    this.#onFault({ code, detail, ticks });
  }

  telemetry(): PayloadOf<'Telemetry'> {
    const { model } = this.hardware;
    return {
      temperatureCentiC: Math.round(model.temperatureC * 100),
      supplyMv: Math.round(model.supplyV * 1000),
      queueDepth: this.clock.queued,
      flags:
        (this.#silent ? TELEMETRY_FLAG.muted : 0) |
        (this.clock.armed ? TELEMETRY_FLAG.armed : 0) |
        (this.watchdogFired ? TELEMETRY_FLAG.watchdogFired : 0),
      ticks: this.ticks,
    };
  }

  get #silent(): boolean {
    return this.muted || this.sessionMuted || this.watchdogFired;
  }

  /** Latches, or finds why not. Returns false while the outcome is open: the strobe failed, the slot still lasts. */
  #slot(event: SlotEvent): boolean {
    const { slot, index, ticks, startsAtTicks, endsAtTicks } = event;
    const codeword = this.memory.at(index);
    const status = this.#statusOf(event, codeword !== undefined);
    if (status === null) return false;
    const receipt = { slot, index, hash: codeword?.hash ?? 0n, ticks: BigInt(ticks), status };
    this.log.append(receipt);
    this.#onReceipt(receipt);
    const radiates = status !== RECEIPT_STATUS.missed;
    this.hardware.onAir({
      slot,
      ticks,
      fromTicks: radiates ? ticks : startsAtTicks,
      untilTicks: endsAtTicks,
      codeword: radiates ? codeword! : null,
    });
    return true;
  }

  /** SPEC 7.3 and 7.4. */
  #statusOf({ timing, slot, index, ticks }: SlotEvent, loaded: boolean): number | null {
    if (timing === 'ended' || this.#silent) return RECEIPT_STATUS.missed;
    if (timing === 'failed' || !loaded) {
      if (loaded) this.fault(FAULT.latchMissed, slot, BigInt(ticks));
      else this.fault(FAULT.memory, index, BigInt(ticks));
      return RECEIPT_STATUS.missed;
    }
    if (!this.hardware.strobe(slot)) return null;
    return timing === 'late' ? RECEIPT_STATUS.late : RECEIPT_STATUS.latched;
  }
}
