/**
 * An `ArrayBoard` of a board that has no slot clock: slots are kept by this machine, to within milliseconds. Board time is this machine's
 * clock from when the board was opened. Nothing is said of a slot that the board did not say: see `evidenceOf`.
 */
import { unpackElementSettings } from '../../../firmware-protocol/element-settings.js';
import { type Clock, monotonicClock } from '../../../src/core/clock.js';
import { BeamloopError } from '../../../src/core/errors.js';
import type {
  ArrayBoard,
  ArrayBoardEvents,
  BoardDescription,
  BoardTimeInterval,
  ElementSettings,
  LinkStatistics,
  PackedCodeword,
  Receipt,
  SlotEntry,
  SlotTiming,
} from '../../array-board.js';
import { Listeners } from '../listeners.js';
import { ReadyGate } from '../ready-gate.js';
import { packSettings, requirePacked } from '../settings-packer.js';
import { SlotQueue } from '../slot-queue.js';
import { isAnother, staysAway, wasAway } from './away-errors.js';
import { BoardTable } from './board-table.js';
import type { BoardIdentity, ElementDriver, Word } from './element-driver.js';
import { asBoardError, HostSlots, requireRoom } from './host-slots.js';
import { describeHostTimed, HOST_QUEUE, hasNoSlotClock, isPast, wordAfter } from './host-timing.js';
import { linkStatistics } from './link-statistics.js';
import { Muting } from './muting.js';
import { doubtfulFault, slowFault, stepFault } from './slot-faults.js';

/** A board that failed so many slots in a row is as good as gone: it is greeted anew. */
const FAILURES_IN_A_ROW = 3;
const CLOSE_TIMEOUT_S = 2;
const GIVE_UP_AFTER_S = 30; // as long as a link to a board with beamloop's firmware may be down
const REOPEN_PAUSE_S = { least: 0.2, most: 2 };
const REMEMBERED_RECEIPTS = 4 * HOST_QUEUE;

export interface HostTimedOptions {
  readonly driver: ElementDriver;
  /** By how much this machine may be late for a slot, s. */
  readonly jitterS: number;
  readonly clock?: Clock;
}

export class HostTimedBoard implements ArrayBoard {
  readonly description: BoardDescription;
  readonly #driver: ElementDriver;
  readonly #identity: BoardIdentity;
  readonly #onLost: (reason: string) => void;
  readonly #clock: Clock;
  readonly #originS: number;
  readonly #listeners = new Listeners();
  readonly #gate = new ReadyGate();
  readonly #slots: HostSlots;
  readonly #table: BoardTable;
  readonly #muting: Muting;
  /** By slot, oldest first. */
  readonly #receipts = new Map<number, Receipt>();
  /** Loads take turns: one that nobody waits for any more still needs its room. */
  #lastLoad: Promise<unknown> = Promise.resolve();
  /** The step that is underway: the driver is asked for one at a time. */
  #step: Promise<unknown> = Promise.resolve();
  /** Replaced when the board was away; the old one then says so. */
  #interruptions: { reason: BeamloopError | null } = { reason: null };
  #failures = 0;
  #isAway = false;
  #isSlowTold = false;
  #numReopened = 0;
  #closing: Promise<void> | null = null;
  readonly #over = new AbortController();

  constructor(
    { driver, jitterS, clock = monotonicClock }: HostTimedOptions,
    identity: BoardIdentity,
    onLost: (reason: string) => void,
  ) {
    this.description = describeHostTimed(driver.facts, identity, jitterS);
    this.#driver = driver;
    this.#identity = identity;
    this.#onLost = onLost;
    this.#clock = clock;
    this.#originS = clock.nowS();
    this.#table = new BoardTable(this.description, driver.name, (index, settings) =>
      this.#one(() => driver.store!(index, settings)),
    );
    this.#muting = new Muting(driver, (act) => this.#one(act));
    const { appliesApart, appliesByLine = false, timing } = driver.facts;
    const take = (hash: string, untilS: number) => this.#one(() => this.#take(hash, untilS));
    this.#slots = new HostSlots(
      clock,
      this.#originS,
      timing.settleS,
      {
        ...(appliesApart
          ? { prepare: take, apply: (_, untilS) => this.#one(() => driver.apply!(untilS)) }
          : { apply: take }),
        prepareS: this.description.hostTimed!.aheadS + jitterS,
        isApplyAnswered: !appliesByLine,
        ...(driver.isThere !== undefined && { isThere: () => this.#one(() => driver.isThere!()) }),
        numSilences: () => driver.statistics().retries,
      },
      (hash) => this.#table.indexOf(hash) ?? 0,
      {
        receipt: (receipt) => this.#tell(receipt),
        failed: (slot, error) => this.#failed(slot, error),
        doubted: (slot) => this.#listeners.emit('fault', doubtfulFault(slot, this.boardTime().loS)),
        took: (slot, durationS) => this.#took(slot, durationS),
      },
    );
    this.#gate.open();
  }

  get muted(): boolean | null {
    return this.#muting.confirmed;
  }

  get muteDoubt(): string {
    return this.#muting.doubt;
  }

  /** What the board said of itself. */
  get identity(): BoardIdentity {
    return this.#identity;
  }

  on<E extends keyof ArrayBoardEvents>(event: E, listener: ArrayBoardEvents[E]): void {
    this.#listeners.on(event, listener);
  }

  off<E extends keyof ArrayBoardEvents>(event: E, listener: ArrayBoardEvents[E]): void {
    this.#listeners.off(event, listener);
  }

  /** These boards take settings. */
  async describeArray(): Promise<void> {}

  pack(settings: ElementSettings): PackedCodeword {
    return packSettings(settings, this.description, this.#driver.name);
  }

  async load(codewords: readonly PackedCodeword[]): Promise<void> {
    requirePacked(codewords, this.description, this.#driver.name);
    const load = () => this.#table.load(codewords, (bytes) => this.#settingsOf(bytes));
    const turn = this.#lastLoad.then(() => this.#gate.wait()).then(() => this.#here(load));
    this.#lastLoad = turn.catch(() => {});
    return turn;
  }

  async queue(entries: readonly SlotEntry[]): Promise<void> {
    SlotQueue.check(entries);
    await this.#uninterrupted();
    requireRoom(entries, this.#slots.numOpen, this.description.queueDepth, this.#driver.name);
    this.#table.requireLoaded(entries);
    for (const { slot, hash } of entries) {
      this.#receipts.delete(slot);
      this.#table.use(hash);
    }
    this.#slots.queue(entries);
  }

  async arm({ firstSlot, startBoardTimeS, slotDurationS }: SlotTiming): Promise<void> {
    await this.#uninterrupted();
    await this.#here(() => this.#muting.lift());
    const startS = this.#originS + startBoardTimeS;
    if (startS < this.#clock.nowS()) throw isPast(this.#driver.name);
    this.#slots.arm({ firstSlot, startS, slotDurationS });
  }

  async armOnTrigger(): Promise<void> {
    throw hasNoSlotClock(this.#driver.name);
  }

  async stop(): Promise<void> {
    await this.#gate.wait();
    this.#stopSlots();
    await this.#step;
  }

  async mute(muted: boolean): Promise<void> {
    await this.#gate.wait();
    await this.#here(() => this.#muting.set(muted));
  }

  /** Those that are remembered. */
  async requestReceipts(firstSlot: number, count: number): Promise<void> {
    for (const [slot, receipt] of [...this.#receipts]) {
      if (slot >= firstSlot && slot < firstSlot + count) this.#listeners.emit('receipt', receipt);
    }
  }

  boardTime(): BoardTimeInterval {
    const nowS = this.#clock.nowS() - this.#originS;
    return { loS: nowS, hiS: nowS };
  }

  async readBoardTime(): Promise<BoardTimeInterval> {
    return this.boardTime();
  }

  /** They have none that is known to us. */
  requestTelemetry(): void {}

  outstandingSlots(): number {
    return this.#slots.numOpen;
  }

  linkStatistics(): LinkStatistics {
    return linkStatistics(this.#driver.statistics(), this.#table, this.#numReopened);
  }

  close(): Promise<void> {
    this.#closing ??= this.#silence().then(() => this.#disconnect());
    return this.#closing;
  }

  /** As `close`, but leaves the board as it is. */
  leave(): Promise<void> {
    this.#closing ??= this.#disconnect();
    return this.#closing;
  }

  /** The connection was lost; whoever opened the driver tells. */
  lost(reason: string): void {
    if (this.#closing !== null || this.#isAway) return;
    this.#isAway = true;
    this.#gate.shut();
    this.#stopSlots();
    this.#muting.forget();
    this.#interrupt(reason);
    this.#listeners.emit('link', 'down', reason);
    void this.#comeBack();
  }

  /** Slots are meant for the clock that ran when they were queued. */
  async #uninterrupted(): Promise<void> {
    const before = this.#interruptions;
    await this.#gate.wait();
    if (before.reason !== null) throw before.reason;
  }

  /** A board that does not answer is as good as away: rejects then when it is back, with BOARD_RESET, or when it is given up. */
  async #here(act: () => Promise<unknown>): Promise<void> {
    const before = this.#interruptions;
    try {
      await act();
    } catch (error) {
      const failure = asBoardError(error, this.#driver.name);
      if (before.reason === null && failure.code === 'BOARD_SILENT' && this.#closing === null) {
        this.#giveUpOn(failure.what);
      }
      if (before.reason === null) throw failure;
    }
    if (before.reason === null) return;
    await this.#gate.wait();
    throw before.reason;
  }

  /** The driver's next step, when the one that is underway has ended. */
  #one<T>(act: () => Promise<T>): Promise<T> {
    const attentive = () => this.#attentive(act);
    const next = this.#step.then(attentive, attentive);
    this.#step = next.catch(() => {});
    return next;
  }

  /** A board that was silent may have lost its power, and its table with it: it is greeted anew, and what it held is stored again. */
  async #attentive<T>(act: () => Promise<T>): Promise<T> {
    const { retries } = this.#driver.statistics();
    const done = await act();
    const isDoubtful = this.#table.isHeldByBoard && this.#driver.statistics().retries > retries;
    if (!isDoubtful || this.#isAway || this.#closing !== null) return done;
    const what = 'It did not answer for a while: what its table holds is in doubt';
    this.#giveUpOn(what);
    throw new BeamloopError('BOARD_SILENT', { what, where: this.#driver.name });
  }

  #take(hash: string, untilS: number): Promise<Word> {
    const held = this.#table.held(hash)!;
    if (this.#driver.select === undefined) return this.#driver.write(this.#settingsOf(held.bytes), untilS);
    return this.#driver.select(held.index, untilS).then((selected) => wordAfter(held.word, selected));
  }

  #settingsOf(bytes: Uint8Array): ElementSettings {
    return unpackElementSettings(bytes, this.description.numElements, this.description);
  }

  #tell(receipt: Receipt): void {
    if (receipt.status !== 'missed') this.#failures = 0;
    this.#table.done(receipt.hash);
    this.#receipts.set(receipt.slot, receipt);
    if (this.#receipts.size > REMEMBERED_RECEIPTS) this.#receipts.delete(this.#receipts.keys().next().value!);
    this.#listeners.emit('receipt', receipt);
  }

  /** Whether slots go on. */
  #failed(slot: number, error: unknown): boolean {
    if (this.#isAway || this.#closing !== null) return false;
    const fault = stepFault(error, this.#driver.name, slot, this.boardTime().loS);
    this.#listeners.emit('fault', fault);
    this.#failures++;
    const most = this.#table.isHeldByBoard ? 1 : FAILURES_IN_A_ROW;
    if (fault.code !== 'noAnswer' || this.#failures < most) return true;
    this.#giveUpOn(`${most === 1 ? 'a slot' : `${most} slots in a row`} without an answer: ${fault.says}`);
    return false;
  }

  /** It is greeted anew. */
  #giveUpOn(reason: string): void {
    void this.#driver.close();
    this.lost(reason);
  }

  /** A board that is slower than its driver says makes slots late; told once. */
  #took(slot: number, durationS: number): void {
    if (this.#isSlowTold) return;
    const fault = slowFault(this.description.hostTimed!, durationS, slot, this.boardTime().loS);
    if (fault === null) return;
    this.#isSlowTold = true;
    this.#listeners.emit('fault', fault);
  }

  #stopSlots(): void {
    for (const { hash } of this.#slots.stop()) this.#table.done(hash);
  }

  #interrupt(reason: string): void {
    this.#table.forget();
    this.#interruptions.reason = wasAway(this.#driver.name, reason);
    this.#interruptions = { reason: null };
  }

  /** Tries until the board answers, is given up, or this is closed. */
  async #comeBack(): Promise<void> {
    await this.#step;
    const untilS = this.#clock.nowS() + GIVE_UP_AFTER_S;
    for (let pauseS = REOPEN_PAUSE_S.least; ; pauseS = Math.min(2 * pauseS, REOPEN_PAUSE_S.most)) {
      await this.#clock.sleep(pauseS, this.#over.signal).catch(() => {});
      if (this.#closing !== null) return;
      let lostAgain = false;
      try {
        const identity = await this.#driver.open((reason) => {
          lostAgain = true;
          this.#onLost(reason);
        });
        if (this.#closing !== null) return;
        if (identity.serialNumber !== this.#identity.serialNumber) {
          return this.#end(isAnother(this.#driver.name, this.#identity, identity));
        }
        await this.#muting.restore();
        if (lostAgain) continue;
        this.#isAway = false;
        this.#failures = 0;
        this.#numReopened++;
        this.#gate.open();
        this.#listeners.emit('reset');
        this.#listeners.emit('link', 'up', 'greeted anew');
        return;
      } catch (error) {
        await this.#driver.close();
        if (this.#clock.nowS() > untilS) {
          const { what } = asBoardError(error, this.#driver.name);
          return this.#end(staysAway(this.#driver.name, GIVE_UP_AFTER_S, what));
        }
      }
    }
  }

  /** For good. */
  #end(error: BeamloopError): void {
    this.#gate.end(error);
    void this.#driver.close();
    this.#listeners.emit('link', 'down', error.message);
  }

  /** Mutes, if the board is there to be told, for as long as it may take. */
  async #silence(): Promise<void> {
    this.#stopSlots();
    if (this.#isAway) return;
    const timeout = new AbortController();
    const quiet = this.#muting.set(true).catch(() => {});
    await Promise.race([quiet, this.#clock.sleep(CLOSE_TIMEOUT_S, timeout.signal).catch(() => {})]);
    timeout.abort();
  }

  async #disconnect(): Promise<void> {
    this.#stopSlots();
    this.#over.abort('closed');
    this.#gate.end(
      new BeamloopError('BOARD_SILENT', { what: 'The board was closed', where: this.#driver.name }),
    );
    await this.#driver.close();
    this.#listeners.clear();
  }
}
