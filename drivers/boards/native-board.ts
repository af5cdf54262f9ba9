/**
 * The driver of boards that speak the protocol of firmware-protocol/SPEC.md. Nothing here moves ahead of what the board
 * confirmed: a codeword is held, a slot queued, when the board has said so.
 */
import type { PayloadOf } from '../../firmware-protocol/registry.js';
import { ARM_MODE } from '../../firmware-protocol/status.js';
import type { Clock } from '../../src/core/clock.js';
import { BeamloopError } from '../../src/core/errors.js';
import type {
  ArrayBoard,
  ArrayBoardEvents,
  ArrayGeometry,
  BoardDescription,
  BoardTimeInterval,
  CodewordParameters,
  ElementErrors,
  ElementSettings,
  LinkStatistics,
  PackedCodeword,
  SlotEntry,
  SlotTiming,
} from '../array-board.js';
import type { ClockExchange } from '../link/clock-sync.js';
import type { BoardMessage } from '../link/exchange.js';
import type { Link, LinkEvents } from '../link/link.js';
import type { Continuity, WelcomeMessage } from '../link/session.js';
import { describeBoard, sameBoard, withLines } from './board-description.js';
import { faultOf, malformedFault, telemetryOf } from './board-reports.js';
import { CodewordLoader } from './codeword-loader.js';
import { CodewordTable } from './codeword-table.js';
import { readLineTable, sameLines } from './line-table.js';
import { Listeners } from './listeners.js';
import { OpenRequests } from './open-requests.js';
import { ReadyGate } from './ready-gate.js';
import { packSettings, requirePacked } from './settings-packer.js';
import { SlotQueue } from './slot-queue.js';
import { slotTicks, startTicks } from './slot-timing.js';
import { Timekeeper } from './timekeeper.js';
import { ToldArray } from './told-array.js';

/** A board that is alive but owes an answer for so long is broken. */
const ANSWER_TIMEOUT_S = 10;
const CLOSE_TIMEOUT_S = 1;
/** Readings before the board's time counts as known. */
const READINGS_AT_START = 3;

export class NativeBoard implements ArrayBoard, LinkEvents {
  #description: BoardDescription;
  readonly #name: string;
  readonly #clock: Clock;
  readonly #link: Link;
  readonly #listeners = new Listeners();
  readonly #gate = new ReadyGate();
  readonly #requests: OpenRequests;
  readonly #table: CodewordTable;
  readonly #loader: CodewordLoader;
  readonly #slots: SlotQueue;
  readonly #time: Timekeeper;
  readonly #array: ToldArray;
  #muted: boolean | null = null;
  #malformedTold = false;
  /** Replaced when the board restarts or takes another session; the old one then says so. */
  #interruptions: { reason: BeamloopError | null } = { reason: null };
  /** Counts losses and welcomes, so that a preparation knows when it has been overtaken. */
  #generation = 0;
  #preparing: Promise<void> = Promise.resolve();
  #closing: Promise<void> | null = null;

  /** For a link that has just come up with this welcome. The board is usable when `prepared` resolves. */
  constructor(link: Link, welcome: WelcomeMessage, name: string, clock: Clock) {
    this.#description = describeBoard(welcome);
    this.#link = link;
    this.#name = name;
    this.#clock = clock;
    this.#requests = new OpenRequests(link, name, () => clock.nowS());
    this.#table = new CodewordTable(welcome.memoryDepth);
    this.#loader = new CodewordLoader(this.#requests, this.#table, welcome.maxPayload, name);
    this.#array = new ToldArray(this.#requests, this.#loader);
    this.#slots = new SlotQueue(this.#requests, this.#table, this.description, welcome.maxPayload, name, {
      receipt: (receipt) => this.#listeners.emit('receipt', receipt),
      fault: (fault) => this.#listeners.emit('fault', fault),
    });
    this.#time = new Timekeeper(welcome.clockRateHz, clock);
    this.#prepare('first', welcome);
  }

  /** Its fixed lines are known from `prepared` on. */
  get description(): BoardDescription {
    return this.#description;
  }

  get muted(): boolean | null {
    return this.#muted;
  }

  /** Resolves when the memory's contents and the board's time are known. */
  prepared(): Promise<void> {
    return this.#gate.wait();
  }

  on<E extends keyof ArrayBoardEvents>(event: E, listener: ArrayBoardEvents[E]): void {
    this.#listeners.on(event, listener);
  }

  off<E extends keyof ArrayBoardEvents>(event: E, listener: ArrayBoardEvents[E]): void {
    this.#listeners.off(event, listener);
  }

  async describeArray(geometry: ArrayGeometry, errors: ElementErrors | null): Promise<void> {
    await this.#gate.wait();
    await this.#array.describe(geometry, errors);
  }

  pack(settings: ElementSettings, parameters?: CodewordParameters): PackedCodeword {
    return { ...packSettings(settings, this.description, this.#name), ...(parameters && { parameters }) };
  }

  async load(codewords: readonly PackedCodeword[]): Promise<void> {
    requirePacked(codewords, this.description, this.#name);
    await this.#loader.load(codewords, () => this.#gate.wait());
  }

  async queue(entries: readonly SlotEntry[]): Promise<void> {
    SlotQueue.check(entries);
    const { sent, over } = this.#loader.lastLoad;
    await this.#uninterrupted(sent);
    if (await this.#slots.followLoad(entries, over)) return;
    await this.#uninterrupted(over.catch(() => {}));
    await this.#slots.queue(entries);
  }

  async arm(timing: SlotTiming): Promise<void> {
    await this.#arm({
      mode: ARM_MODE.time,
      firstSlot: timing.firstSlot,
      startTicks: startTicks(timing.startBoardTimeS, this.description),
      slotTicks: slotTicks(timing.slotDurationS, this.description),
    });
  }

  async armOnTrigger(firstSlot: number, slotDurationS: number): Promise<void> {
    const ticks = slotTicks(slotDurationS, this.description);
    await this.#arm({ mode: ARM_MODE.trigger, firstSlot, startTicks: 0n, slotTicks: ticks });
  }

  async stop(): Promise<void> {
    await this.#gate.wait();
    await this.#slots.stop();
  }

  /** Stops, and makes every entry of the memory invalid. */
  async clear(): Promise<void> {
    await this.stop();
    await this.#loader.clear();
  }

  async mute(muted: boolean): Promise<void> {
    await this.#gate.wait();
    await this.#sendMute(muted);
  }

  async requestReceipts(firstSlot: number, count: number): Promise<void> {
    await this.#gate.wait();
    await this.#slots.requestReceipts(firstSlot, count);
  }

  boardTime(): BoardTimeInterval {
    return this.#time.now();
  }

  readBoardTime(): Promise<BoardTimeInterval> {
    return this.#time.read(async () => {
      await this.#gate.wait();
      return this.#link.readClock();
    });
  }

  requestTelemetry(): void {
    this.#link.sendDatagram('ReadTelemetry', {});
  }

  /** Codewords that the memory holds. */
  codewordsHeld(): number {
    return this.#table.numHeld;
  }

  /** Codewords that it made of their parameters. */
  codewordsExpanded(): number {
    return this.#loader.numExpanded;
  }

  outstandingSlots(): number {
    return this.#slots.numOwed;
  }

  linkStatistics(): LinkStatistics {
    const { echoedHellos: _, foreignFrames: __, ...link } = this.#link.statistics;
    return { ...link, codewordsLoaded: this.#loader.numLoaded, codewordsReused: this.#loader.numReused };
  }

  close(): Promise<void> {
    this.#closing ??= this.#silence().then(() => this.#disconnect());
    return this.#closing;
  }

  /** As `close`, but leaves the board as it is: what is queued goes on until its watchdog mutes it. */
  leave(): Promise<void> {
    this.#closing ??= this.#disconnect();
    return this.#closing;
  }

  onWelcome(welcome: WelcomeMessage, continuity: Continuity): void {
    if (!sameBoard(this.description, describeBoard(welcome))) {
      this.#replaced(`Another board answers: ${welcome.model} ${welcome.serialNumber}`);
      return;
    }
    this.#gate.shut();
    if (continuity !== 'resumed') this.#interrupt(continuity);
    this.#requests.progress();
    this.#prepare(continuity, welcome);
  }

  onDown(reason: string): void {
    this.#generation++;
    this.#gate.shut();
    this.#listeners.emit('link', 'down', reason);
  }

  onDead(error: BeamloopError): void {
    this.#end(error);
    this.#listeners.emit('link', 'down', error.message);
  }

  /** A board cannot change its version without restarting into another firmware. */
  onRefused(): void {
    const error = new BeamloopError('PROTOCOL_VERSION', {
      what: 'The board restarted with another version of the protocol',
      where: this.#name,
      todo: 'See `beamloop board PORT`',
    });
    this.#end(error);
    this.#listeners.emit('link', 'down', error.message);
  }

  onMessage(message: BoardMessage): void {
    switch (message.name) {
      case 'Receipts':
        for (const entry of message.value.entries) this.#slots.receive(entry);
        break;
      case 'Fault':
        this.#listeners.emit('fault', faultOf(message.value, this.description));
        break;
      case 'Telemetry':
        this.#listeners.emit('telemetry', telemetryOf(message.value));
        break;
      default:
        this.#requests.settle(message);
    }
  }

  onClock(exchange: ClockExchange, token: number): void {
    this.#time.add(exchange, token);
    // Readings come several times a second while the board is alive.
    if (this.#requests.stalledForS < ANSWER_TIMEOUT_S) return;
    this.#requests.rejectAll(
      new BeamloopError('BOARD_SILENT', {
        what: `The board is alive but has not answered a request for ${ANSWER_TIMEOUT_S} s`,
        where: this.#name,
        todo: 'Restart the board',
      }),
    );
  }

  onMalformed(where: string): void {
    this.#listeners.emit('fault', malformedFault(where, this.#time.latestS, !this.#malformedTold));
    this.#malformedTold = true;
  }

  /** Waits for the link as the gate does, and for `also`, for what means nothing to a board that has restarted meanwhile. */
  async #uninterrupted(also?: Promise<void>): Promise<void> {
    const before = this.#interruptions;
    await this.#gate.wait();
    await also;
    if (before.reason !== null) throw before.reason;
  }

  async #arm(request: PayloadOf<'Arm'>): Promise<void> {
    await this.#uninterrupted();
    // A mute outlives the program that closed the board with it; only our own is meant to hold.
    const lift = this.#muted === true ? Promise.resolve() : this.#sendMute(false);
    const armed = this.#requests.send('Arm', request).then(() => {
      if (request.mode === ARM_MODE.time) this.#slots.armed(request);
      else this.#slots.armedOnTrigger();
    });
    await Promise.all([lift, armed]);
  }

  async #sendMute(muted: boolean): Promise<void> {
    await this.#requests.send('Mute', { muted: muted ? 1 : 0 });
    this.#muted = muted;
  }

  #interrupt(continuity: 'first' | 'replaced' | 'restarted'): void {
    const restarted = continuity === 'restarted';
    const error = new BeamloopError('BOARD_RESET', {
      what: restarted
        ? 'The board restarted: its memory and its slot queue are empty'
        : 'The board does not know this session: another program spoke to it, or nothing had reached it yet',
      where: this.#name,
      todo: restarted ? 'Queue and arm again' : 'Close other programs that use the port, then arm again',
    });
    if (restarted) {
      this.#slots.restarted();
      this.#time.restart();
    } else {
      this.#slots.replaced();
      // A running board mutes itself for a new session (SPEC 8.1).
      if (this.#muted === false) this.#muted = null;
    }
    this.#interruptions.reason = error;
    this.#interruptions = { reason: null };
    this.#requests.rejectAll(error);
    this.#slots.interrupted(error);
    this.#listeners.emit(restarted ? 'reset' : 'replaced');
  }

  /** Asks for the fixed lines, which may be others after a restart, too. */
  async #learnLines(continuity: Continuity, welcome: WelcomeMessage): Promise<void> {
    if (continuity !== 'first' && continuity !== 'restarted') return;
    const delayLinesS = await readLineTable(this.#requests, welcome);
    if (continuity === 'first') this.#description = withLines(this.#description, delayLinesS);
    else if (!sameLines(delayLinesS, this.#description.delayLinesS)) {
      this.#replaced('The board restarted with other fixed lines');
    }
  }

  #replaced(what: string): void {
    this.#generation++;
    const { model, serialNumber } = this.description;
    const todo = `Connect ${model} ${serialNumber} as it was, or start again`;
    const error = new BeamloopError('BOARD_MISMATCH', { what, where: this.#name, todo });
    this.#end(error);
    void this.#link.close();
    this.#listeners.emit('link', 'down', error.message);
  }

  #prepare(continuity: Continuity, welcome: WelcomeMessage): void {
    const generation = ++this.#generation;
    this.#preparing = this.#preparing.then(async () => {
      try {
        await this.#learnLines(continuity, welcome);
        if (continuity !== 'resumed') await this.#array.again(welcome);
        await this.#loader.reconcile();
        // A restarted board radiates again; silence that was asked for outlives the restart.
        if (continuity === 'restarted' && this.#muted === true) await this.#sendMute(true);
        if (continuity === 'replaced') await this.#slots.askForOwed();
        await this.#time.known(READINGS_AT_START);
      } catch (error) {
        if (generation !== this.#generation || this.#closing !== null) return;
        if (continuity === 'first') return this.#end(error as Error);
        this.#listeners.emit('fault', { code: 'notRestored', detail: 0, boardTimeS: this.#time.latestS });
      }
      if (generation !== this.#generation) return;
      this.#gate.open();
      if (continuity !== 'first') this.#listeners.emit('link', 'up', continuity);
    });
  }

  #end(error: Error): void {
    this.#gate.end(error);
    this.#requests.end(error);
    this.#slots.interrupted(error);
    this.#time.end(error);
  }

  /** Mutes and stops, if the board is there to be told. */
  async #silence(): Promise<void> {
    this.#gate.end(this.#closedError());
    if (!this.#link.isUp) return;
    // The mute must not wait behind what nobody wants any more.
    this.#link.dropUnsent();
    this.#requests.rejectAll(this.#closedError());
    const timeout = new AbortController();
    const quiet = Promise.allSettled([this.#sendMute(true), this.#slots.stop()]);
    await Promise.race([quiet, this.#clock.sleep(CLOSE_TIMEOUT_S, timeout.signal).catch(() => {})]);
    timeout.abort();
  }

  async #disconnect(): Promise<void> {
    this.#end(this.#closedError());
    await this.#link.close();
    this.#listeners.clear();
  }

  #closedError(): BeamloopError {
    return new BeamloopError('BOARD_SILENT', { what: 'The board was closed', where: this.#name });
  }
}
