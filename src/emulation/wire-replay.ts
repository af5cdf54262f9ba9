/**
 * The host's side of a wire log, said again to an emulated board like the one that was logged: where does it answer otherwise?
 *
 * Frames of the host go out in the order of the log, each message once. The emulated board's time is what the logged board told of its own last, and
 * moves with that alone; line and timers have a clock of the replay. So a log of any pace, and one on virtual time, is replayed in no time. Datagrams
 * and times are not compared, nor what depends on what went before the log.
 */
import type { BoardModel } from '../../drivers/emulator/board-model.js';
import { EmulatedBoard } from '../../drivers/emulator/emulated-board.js';
import { ManualTimers } from '../../drivers/emulator/timers.js';
import type { WirePacket } from '../../drivers/wire/pcapng.js';
import { type Reading, readingJson, readStretch } from '../../drivers/wire/reading.js';
import { decodePayload, encodePayload } from '../../firmware-protocol/codec.js';
import { encodeFrame, type Frame, FrameDecoder } from '../../firmware-protocol/frame.js';
import { isReliableType, messageByName, type PayloadOf } from '../../firmware-protocol/registry.js';
import { FAULT, STATUS } from '../../firmware-protocol/status.js';
import { loggedModel } from './logged-board.js';

interface ReplayDifference {
  /** From the first packet of the log on, s. */
  readonly atS: number;
  readonly what: string;
  readonly logged: unknown;
  /** Null: the emulated board said nothing. */
  readonly emulated: unknown;
}

export interface WireReplay {
  readonly board: { readonly model: string; readonly serialNumber: string; readonly numElements: number };
  readonly answers: number;
  readonly receipts: number;
  readonly faults: number;
  /** The first ones. */
  readonly differences: readonly ReplayDifference[];
  readonly numDifferences: number;
  /** What makes differences that are no fault of the board. */
  readonly remarks: readonly string[];
}

const MOST_DIFFERENCES = 1000;
const MOST_KEPT = 1 << 17;
/** Of the replay's own clock: for what a board does at once, s. */
const PATIENCE_S = 0.5;
const STEP_S = 2e-3;
const LEAST_DELAY_S = 1e-9;
const WINDOW = 32;

/** @param open the packets of the log from its start; it is read twice. */
export async function replayWire(open: () => AsyncIterable<WirePacket>): Promise<WireReplay> {
  const model = await loggedModel(open());
  const replay = new Replay(model);
  await replay.begin();
  let firstNs: bigint | null = null;
  for await (const packet of open()) {
    firstNs ??= packet.timeNs;
    await replay.packet(packet, Number(packet.timeNs - firstNs) / 1e9);
  }
  return replay.end();
}

type Receipt = PayloadOf<'Receipts'>['entries'][number];
type Said = { readonly name: string; readonly value: Readonly<Record<string, unknown>> };

/** Reliable frames of one direction, each once and in order. */
class InOrder<T> {
  #next = 1;
  readonly #kept = new Map<number, T>();

  restart(): void {
    this.#next = 1;
    this.#kept.clear();
  }

  get next(): number {
    return this.#next;
  }

  take(sequence: number, value: T): T[] {
    if (((sequence - this.#next) & 0xffff) >= WINDOW) return [];
    this.#kept.set(sequence, value);
    const ready: T[] = [];
    for (let next = this.#kept.get(this.#next); next !== undefined; next = this.#kept.get(this.#next)) {
      this.#kept.delete(this.#next);
      this.#next = (this.#next + 1) & 0xffff;
      ready.push(next);
    }
    return ready;
  }
}

/** A timer that its owner finds too early by a rounding is not set for the same moment for ever. */
class ReplayTimers extends ManualTimers {
  override after(delayS: number, callback: () => void): () => void {
    return super.after(Math.max(delayS, LEAST_DELAY_S), callback);
  }
}

/** Whether one board had just heard of a start in time and the other had not. */
function isMatterOfTime(one: Said, other: Said): boolean {
  const statuses = [one.value.status, other.value.status];
  return (
    one.name === 'ArmResult' &&
    other.name === 'ArmResult' &&
    statuses.includes(STATUS.ok) &&
    statuses.includes(STATUS.badTiming)
  );
}

class Replay {
  readonly #timers = new ReplayTimers();
  readonly #board: EmulatedBoard;
  readonly #decoder = new FrameDecoder((frame) => this.#hear(frame));
  #session = 0;
  #hello: PayloadOf<'Hello'> | null = null;
  #bootId: number | null = null;
  readonly #fromHost = new InOrder<Frame>();
  readonly #logged = new InOrder<Said | null>();
  readonly #emulated = new InOrder<Said | null>();
  /** What the emulated board said and the log has not told yet. */
  readonly #answers = new Map<number, Said>();
  readonly #receipts = new Map<number, Receipt[]>();
  #numKept = 0;
  readonly #faults: string[] = [];
  #awaitsTrigger: { readonly firstSlot: number; readonly slotTicks: number } | null = null;
  readonly #counts = { answers: 0, receipts: 0, faults: 0 };
  readonly #differences: ReplayDifference[] = [];
  #numDifferences = 0;
  readonly #remarks = new Set<string>();
  #atS = 0;

  constructor(model: Partial<BoardModel>) {
    this.#board = new EmulatedBoard(
      { model },
      { toHost: (chunk) => this.#decoder.push(chunk), timers: this.#timers },
    );
  }

  /** Lets the board tell of its power-up, which the logged one need not have told within the log. */
  async begin(): Promise<void> {
    this.#greet({ ...HELLO, session: 1 });
    await this.#until(() => this.#emulated.next > 1, PATIENCE_S);
    await this.#pass(PATIENCE_S);
    this.#faults.length = 0;
    this.#session = 0;
  }

  async packet({ from, stretch, dropped }: WirePacket, atS: number): Promise<void> {
    this.#atS = atS;
    if (dropped > 0) this.#remarks.add(`the log lacks ${dropped} packets before ${atS.toFixed(6)} s`);
    const reading = readStretch(stretch, from);
    if (reading.kind === 'bad') return;
    if (from === 'host') await this.#said(reading);
    else await this.#wasAnswered(reading);
  }

  end(): WireReplay {
    this.#board.close();
    const { model, serialNumber, numElements } = this.#board.model;
    return {
      board: { model, serialNumber, numElements },
      ...this.#counts,
      differences: this.#differences,
      numDifferences: this.#numDifferences,
      remarks: [...this.#remarks],
    };
  }

  async #said(reading: Exclude<Reading, { kind: 'bad' }>): Promise<void> {
    const { frame } = reading;
    const ahead = this.#atS - this.#timers.nowS();
    if (ahead > 0) await this.#pass(ahead);
    if (reading.kind === 'message' && reading.name === 'Hello') {
      // Whoever waits for the emulated board does not feed its watchdog.
      this.#greet({ ...(reading.value as unknown as PayloadOf<'Hello'>), watchdogMs: 0 });
      await this.#pass(STEP_S);
      return;
    }
    if (frame.session !== (this.#session & 0xffff) || this.#session === 0) return;
    if (reading.kind === 'message' && reading.name === 'Ack') return;
    if (!isReliableType(frame.type)) return this.#send(frame);
    if (((frame.sequence - this.#fromHost.next) & 0xffff) >= WINDOW) return;
    const ready = this.#fromHost.take(frame.sequence, frame);
    for (const each of ready) {
      this.#send(each);
      this.#noteArm(each);
      await this.#pass(STEP_S / 10);
    }
  }

  async #wasAnswered(reading: Exclude<Reading, { kind: 'bad' }>): Promise<void> {
    const { frame } = reading;
    if (reading.kind === 'message') this.#note(reading);
    if (reading.kind === 'message' && reading.name === 'Welcome') {
      await this.#wasWelcomed(reading.value as unknown as PayloadOf<'Welcome'>);
      return;
    }
    if (frame.session !== (this.#session & 0xffff) || this.#session === 0) return;
    if (!isReliableType(frame.type)) return;
    const said = reading.kind === 'message' ? { name: reading.name, value: reading.value } : null;
    if (said === null) this.#differ('a message that no board sends', readingJson(reading), null);
    for (const each of this.#logged.take(frame.sequence, said)) if (each !== null) await this.#compare(each);
  }

  async #wasWelcomed({ session, resumed, bootId }: PayloadOf<'Welcome'>): Promise<void> {
    if (session !== this.#session || this.#hello === null) return;
    if (this.#bootId !== null && bootId !== this.#bootId) {
      // The logged board lost its power meanwhile, and so does this one.
      this.#board.reset();
      this.#remarks.add(
        `the logged board restarted before ${this.#atS.toFixed(6)} s; the emulated one was reset`,
      );
      this.#restart();
      this.#greet(this.#hello);
      await this.#pass(STEP_S);
    } else if (resumed === 0 && this.#fromHost.next > 1 && this.#logged.next > 1) {
      this.#remarks.add(`the logged board did not know its session any more at ${this.#atS.toFixed(6)} s`);
      this.#restart();
    }
    this.#bootId = bootId;
  }

  #greet(hello: PayloadOf<'Hello'>): void {
    if (hello.session !== this.#session) this.#restart();
    this.#session = hello.session;
    this.#hello = hello;
    const { type } = messageByName('Hello');
    const payload = encodePayload(messageByName('Hello'), hello);
    this.#send({ type, session: hello.session & 0xffff, sequence: 0, payload });
  }

  #noteArm(frame: Frame): void {
    const decoded = decodePayload(frame.type, frame.payload, 'host');
    if (!decoded.ok || decoded.name !== 'Arm') return;
    const { mode, firstSlot, slotTicks } = decoded.value;
    this.#awaitsTrigger = mode === 1 ? { firstSlot, slotTicks } : null;
  }

  #restart(): void {
    for (const each of [this.#fromHost, this.#logged, this.#emulated]) each.restart();
    this.#answers.clear();
  }

  #send(frame: Frame): void {
    this.#board.receive(encodeFrame(frame));
  }

  #note({ name, value }: Said): void {
    if (name === 'ClockReading') this.#toTicks(value.sentTicks as bigint);
    if (name === 'Telemetry') this.#toTicks(value.ticks as bigint);
  }

  /** Lets the board's time run on to what the logged board told. */
  #toTicks(ticks: bigint): void {
    this.#board.advanceTo(Number(ticks) / this.#board.model.clockRateHz);
  }

  async #compare(said: Said): Promise<void> {
    if (said.name === 'Receipts') {
      for (const entry of (said.value as unknown as PayloadOf<'Receipts'>).entries)
        await this.#compareReceipt(entry);
    } else if (said.name === 'Fault') await this.#compareFault(said.value as unknown as PayloadOf<'Fault'>);
    else await this.#compareAnswer(said);
  }

  async #compareAnswer(said: Said): Promise<void> {
    const request = said.value.request as number;
    await this.#until(() => this.#answers.has(request), PATIENCE_S);
    const emulated = this.#answers.get(request);
    this.#answers.delete(request);
    this.#counts.answers++;
    if (emulated !== undefined && text(emulated) === text(said)) return;
    if (emulated !== undefined && isMatterOfTime(said, emulated)) {
      // Which of its copies reached the board, and when, no log tells.
      this.#remarks.add(
        `an Arm answered at ${this.#atS.toFixed(6)} s came in time for one of the boards alone: ${text(said)} in the log`,
      );
      return;
    }
    this.#differ(
      `the answer to request ${request}`,
      plain(said),
      emulated === undefined ? null : plain(emulated),
    );
    if (said.name === 'MemoryContents')
      this.#remarks.add('the logged board held codewords from before the log, which cannot be replayed');
  }

  async #compareReceipt(entry: Receipt): Promise<void> {
    const { slot } = entry;
    const has = () => (this.#receipts.get(slot)?.length ?? 0) > 0;
    if (this.#awaitsTrigger !== null) {
      // A receipt tells when the logged board was triggered.
      const { firstSlot, slotTicks } = this.#awaitsTrigger;
      this.#awaitsTrigger = null;
      this.#toTicks(entry.ticks - BigInt(slot - firstSlot) * BigInt(slotTicks));
      this.#board.trigger();
    }
    this.#toTicks(entry.ticks);
    await this.#until(has, PATIENCE_S);
    const emulated = this.#receipts.get(slot)?.shift();
    if (emulated !== undefined) this.#numKept--;
    if (!has()) this.#receipts.delete(slot);
    this.#counts.receipts++;
    const shown = ({ ticks: _ticks, ...rest }: Receipt) => rest;
    if (emulated !== undefined && text(shown(emulated)) === text(shown(entry))) return;
    this.#differ(
      `the receipt of slot ${slot}`,
      plain(shown(entry)),
      emulated ? plain(shown(emulated)) : null,
    );
  }

  async #compareFault({ code, detail, ticks }: PayloadOf<'Fault'>): Promise<void> {
    // They tell of what went before the log, or of a silence that is not replayed.
    if (code === FAULT.powerUp || code === FAULT.watchdog) return;
    const fault = `Fault ${code}, detail ${detail}`;
    this.#toTicks(ticks);
    await this.#until(() => this.#faults.includes(fault), PATIENCE_S);
    const at = this.#faults.indexOf(fault);
    this.#counts.faults++;
    if (at < 0) this.#differ('a fault', fault, null);
    else this.#faults.splice(at, 1);
  }

  #hear(frame: Frame): void {
    if (frame.session !== (this.#session & 0xffff) || !isReliableType(frame.type)) return;
    const reading = readStretch(encodeFrame(frame).subarray(1, -1), 'board');
    const said = reading.kind === 'message' ? { name: reading.name, value: reading.value } : null;
    for (const each of this.#emulated.take(frame.sequence, said)) if (each !== null) this.#keep(each);
    const ack = encodePayload(messageByName('Ack'), { next: this.#emulated.next, bitmap: 0 });
    this.#send({ type: messageByName('Ack').type, session: frame.session, sequence: 0, payload: ack });
  }

  #keep(said: Said): void {
    if (said.name === 'Receipts') {
      for (const entry of (said.value as unknown as PayloadOf<'Receipts'>).entries) {
        // Of a log that lacks them, they would be kept for ever.
        if (this.#numKept >= MOST_KEPT) return;
        this.#numKept++;
        const own = this.#receipts.get(entry.slot);
        if (own === undefined) this.#receipts.set(entry.slot, [entry]);
        else own.push(entry);
      }
    } else if (said.name === 'Fault') {
      const { code, detail } = said.value as unknown as PayloadOf<'Fault'>;
      if (this.#faults.length < MOST_KEPT) this.#faults.push(`Fault ${code}, detail ${detail}`);
    } else this.#answers.set(said.value.request as number, said);
  }

  async #until(condition: () => boolean, withinS: number): Promise<void> {
    const untilS = this.#timers.nowS() + withinS;
    while (!condition() && this.#timers.nowS() < untilS) await this.#pass(STEP_S);
  }

  /** In steps, so that what the board says is acknowledged in time. */
  async #pass(durationS: number): Promise<void> {
    const untilS = this.#timers.nowS() + durationS;
    do {
      this.#timers.advance(Math.min(STEP_S, Math.max(0, untilS - this.#timers.nowS())));
      // The board gives its bytes in a turn of their own.
      await Promise.resolve();
      await Promise.resolve();
    } while (this.#timers.nowS() < untilS - 1e-9);
  }

  #differ(what: string, logged: unknown, emulated: unknown): void {
    this.#numDifferences++;
    if (this.#differences.length >= MOST_DIFFERENCES) return;
    this.#differences.push({ atS: this.#atS, what, logged, emulated });
  }
}

const HELLO = { magic: 0x504c4d42, versionMajor: 1, versionMinor: 1, window: WINDOW, watchdogMs: 0 };

/** As JSON has it. */
function plain(value: object): unknown {
  return JSON.parse(text(value));
}

function text(value: object): string {
  return JSON.stringify(value, (key, each: unknown) => {
    if (typeof each !== 'bigint') return each;
    return key === 'hash' ? each.toString(16).padStart(16, '0') : String(each);
  });
}
