/**
 * The board's half of SPEC 5 and 6.1, as plainly as it can be written: everything received is kept in a table, everything
 * unconfirmed is sent again every 30 ms. Judges the exchange; shares nothing with it but the codec.
 */
import { decodePayload, encodePayload } from '../../../firmware-protocol/codec.js';
import { encodeFrame, type Frame } from '../../../firmware-protocol/frame.js';
import type { MessageDefinition, MessageOf } from '../../../firmware-protocol/layout.js';
import { Ack } from '../../../firmware-protocol/messages/ack.js';
import { Fault } from '../../../firmware-protocol/messages/fault.js';
import { Welcome } from '../../../firmware-protocol/messages/hello.js';
import { ClockReading } from '../../../firmware-protocol/messages/read-clock.js';

const RETRY_S = 0.03;
const WINDOW = 32;

export class ModelBoard {
  /** `firstSlot` of the Arm messages that were delivered, in order, since power-up. */
  readonly delivered: number[] = [];
  bootId: number;
  versionMajor = 1;
  readonly sessions: number[] = [];
  #session = 0;
  /** Streams are numbered without wrapping; only the wire cuts them to 16 bits. */
  #receivedUpTo = 0;
  #held = new Map<number, number>();
  #sent: { bytes: Uint8Array; dueS: number }[] = [];
  #confirmedUpTo = 0;
  #confirmed = new Set<number>();
  #greeted = false;

  constructor(bootId: number) {
    this.bootId = bootId;
  }

  /** Numbers that this board will report as faults with `detail` 0, 1, 2, … */
  report(detail: number): void {
    const sequence = (this.#sent.length + 1) & 0xffff;
    this.#sent.push({ bytes: this.#frame(Fault, { code: 5, detail, ticks: 0n }, sequence), dueS: 0 });
  }

  /** Loses everything, as at power-up. */
  restart(bootId: number): void {
    this.bootId = bootId;
    this.delivered.length = 0;
    this.#session = 0;
    this.#greeted = false;
  }

  receive(nowS: number, frame: Frame): Uint8Array[] {
    const message = decodePayload(frame.type, frame.payload, 'host');
    if (!message.ok) throw new Error(`the host sent nonsense: ${message.error.where}`);
    if (message.name === 'Hello') return [this.#hello(message.value.session)];
    if (frame.session !== (this.#session & 0xffff) || !this.#greeted) return [];
    switch (message.name) {
      case 'Ack':
        this.#acknowledged(message.value.next, message.value.bitmap);
        return [];
      case 'ReadClock': {
        const ticks = BigInt(Math.floor(nowS * 1e6));
        return [
          this.#frame(
            ClockReading,
            { token: message.value.token, receivedTicks: ticks, sentTicks: ticks },
            0,
          ),
        ];
      }
      case 'Arm':
        return this.#reliable(frame.sequence, message.value.firstSlot);
      default:
        throw new Error(`the model board does not know ${message.name}`);
    }
  }

  /** Frames that are due now: everything unconfirmed within the window, every 30 ms. */
  output(nowS: number): Uint8Array[] {
    if (!this.#greeted) return [];
    const due: Uint8Array[] = [];
    for (let k = this.#confirmedUpTo; k < Math.min(this.#sent.length, this.#confirmedUpTo + WINDOW); k++) {
      const frame = this.#sent[k]!;
      if (this.#confirmed.has(k) || nowS < frame.dueS) continue;
      frame.dueS = nowS + RETRY_S;
      due.push(frame.bytes);
    }
    return due;
  }

  #hello(session: number): Uint8Array {
    const resumed = session === this.#session && this.#greeted;
    if (!resumed) {
      this.#session = session;
      this.sessions.push(session);
      this.#greeted = true;
      this.#receivedUpTo = 0;
      this.#held.clear();
      this.#sent = [];
      this.#confirmedUpTo = 0;
      this.#confirmed.clear();
    }
    return this.#frame(
      Welcome,
      {
        versionMajor: this.versionMajor,
        versionMinor: 0,
        session: this.versionMajor === 1 ? session : 0,
        resumed: resumed ? 1 : 0,
        bootId: this.bootId,
        window: WINDOW,
        numElements: 4,
        phaseBits: 6,
        delayBits: 0,
        amplitudeBits: 0,
        delayLsbFs: 0,
        delayRangeFs: 0n,
        memoryDepth: 8,
        queueDepth: 8,
        switchTimeNs: 100,
        clockRateHz: 1_000_000,
        maxPayload: 1024,
        model: 'model',
        serialNumber: '1',
        firmware: '1',
      },
      0,
    );
  }

  #reliable(wireSequence: number, value: number): Uint8Array[] {
    // The stream number nearest to what is expected.
    const expected = this.#receivedUpTo + 1;
    const ahead = ((wireSequence - expected + 0x18000) & 0xffff) - 0x8000;
    if (ahead >= WINDOW) throw new Error('the host sent beyond the window');
    if (ahead >= 0) this.#held.set(expected + ahead, value);
    for (let next = this.#receivedUpTo + 1; this.#held.has(next); next++) {
      this.delivered.push(this.#held.get(next)!);
      this.#held.delete(next);
      this.#receivedUpTo = next;
    }
    let bitmap = 0;
    for (let k = 0; k < 32; k++) if (this.#held.has(this.#receivedUpTo + 2 + k)) bitmap |= 1 << k;
    return [this.#frame(Ack, { next: (this.#receivedUpTo + 1) & 0xffff, bitmap: bitmap >>> 0 }, 0)];
  }

  #acknowledged(next: number, bitmap: number): void {
    const advance = (next - (this.#confirmedUpTo + 1)) & 0xffff;
    if (advance > WINDOW) return;
    this.#confirmedUpTo += advance;
    for (let k = 0; k < 32; k++) {
      if ((bitmap >>> k) & 1) this.#confirmed.add(this.#confirmedUpTo + 1 + k);
    }
  }

  #frame<D extends MessageDefinition>(definition: D, value: MessageOf<D>, sequence: number): Uint8Array {
    const payload = encodePayload(definition, value);
    return encodeFrame({ type: definition.type, session: this.#session & 0xffff, sequence, payload });
  }
}
