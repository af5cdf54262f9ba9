/**
 * Takes batches of pilots through the life of a slot: plan, ask the UE, load, queue, let board time pass, join, and
 * again for slots that failed. All state is in the ledger, so a batch that a resumed run finds half measured goes on
 * from there.
 */
import type { BoardFault } from '../../drivers/array-board.js';
import type { Clock } from '../core/clock.js';
import { BeamloopError } from '../core/errors.js';
import type { Recording } from '../record/recording.js';
import type { SlotPlanner } from '../schedule/slot-planner.js';
import { race } from './race.js';
import type { Pilot } from './pilots.js';
import type { SlotLedger, SlotState } from './slot-ledger.js';
import type { Testbed } from './testbed-contract.js';

export interface ExchangeSettings {
  readonly slotDurationS: number;
  readonly maxAttempts: number;
  readonly ueTimeoutS: number;
  readonly powerTimeoutS: number;
}

export interface ExchangeParts {
  readonly testbed: Testbed;
  readonly recording: Recording;
  readonly ledger: SlotLedger;
  readonly planner: SlotPlanner;
  readonly settings: ExchangeSettings;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** How long nothing may arrive before receipts are asked for again, and before their slots are given up, s. */
const ASK_AGAIN_S = 1;
const RECEIPT_TIMEOUT_S = 20;
/** How long the board may be unplugged, s. */
const RECONNECT_TIMEOUT_S = 60;
/** On real time a resumed run waits this long for what board and UE still remember of the run before, s. */
const REMEMBERED_S = 2;
/** From arming to the first slot, s. Virtual boards are always armed for the same instant, so that plans agree. */
const ARM_AHEAD_S = 0.05;
export const VIRTUAL_START_S = 0.1;

const RESET = Symbol('the board restarted');

export class SlotExchange {
  readonly #parts: ExchangeParts;
  /** Slots that an earlier process planned and did not see end. */
  readonly #fromBefore: Set<number>;
  /** Slots that the board confirmed. */
  readonly #queued = new Set<number>();
  #armed = false;
  /** Raised when the board restarts (reason RESET; replaced then) or is given up (an error). */
  #board = new AbortController();
  #linkDown: AbortController | undefined;

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
    this.#fromBefore = new Set(parts.ledger.pending());
    const { board, bridge } = parts.testbed;
    board.on('receipt', (receipt) => parts.ledger.onReceipt(receipt));
    board.on('reset', () => this.#onReset());
    board.on('fault', (fault: BoardFault) => this.#event('board fault', fault));
    board.on('link', (state, reason) => this.#onLink(state, reason));
    bridge.onPower((record) => parts.ledger.onPower(record));
  }

  /**
   * Measures one batch and returns the power of each pilot, linear, shape [numPilots].
   * Throws UE_ABSENT or UE_SILENT (this user cannot be trained) or a board's error (nobody can).
   */
  async measure(ue: string, batch: number, pilots: readonly Pilot[]): Promise<Float64Array> {
    const { ledger, settings } = this.#parts;
    const powers = new Float64Array(pilots.length);
    const tries = new Uint32Array(pilots.length);
    for (;;) {
      const pending: number[] = [];
      const open: OpenPilot[] = [];
      let failure: SlotState = 'pending';
      for (const [position, pilot] of pilots.entries()) {
        const attempts = ledger.attempts(ue, batch, position);
        const last = attempts.at(-1);
        const state = last === undefined ? 'unplanned' : ledger.state(last);
        if (state === 'measured') powers[position] = ledger.power(last!);
        else if (state === 'pending') pending.push(last!);
        else {
          if (state !== 'unplanned') failure = state;
          open.push({ ...pilot, position, attempt: attempts.length + 1 });
        }
      }
      if (pending.length > 0) {
        await this.#settle(ue, pilots, pending);
      } else if (open.length === 0) {
        return powers;
      } else {
        if (open.some(({ position }) => tries[position]! >= settings.maxAttempts)) {
          throw gaveUp(ue, settings.maxAttempts, failure);
        }
        for (const position of await this.#plan(ue, batch, open)) tries[position]!++;
      }
    }
  }

  /** Gives slots to as many pilots as fit at once; returns their positions. */
  async #plan(ue: string, batch: number, open: readonly OpenPilot[]): Promise<number[]> {
    const { ledger, planner, testbed } = this.#parts;
    await this.#untilReset(this.#arm());
    const chunk = planner.next(open, testbed.earliestBoardTimeS());
    return chunk.slots.map(({ slot, plannedBoardTimeS, pilot: { position, attempt, codeword, hash } }) => {
      const codewordKey = codeword.key;
      ledger.plan({ slot, ue, batch, position, attempt, codewordKey, hash, plannedBoardTimeS });
      return position;
    });
  }

  /** Has these planned slots measured, and returns when each has ended one way or another. */
  async #settle(ue: string, pilots: readonly Pilot[], slots: readonly number[]): Promise<void> {
    const fromBefore = slots.some((slot) => this.#fromBefore.has(slot));
    for (const slot of slots) this.#fromBefore.delete(slot);
    // Real time has passed them by; virtual time starts again at 0 and comes to them again.
    if (fromBefore && this.#parts.testbed.time === 'real') await this.#untilReset(this.#recall(slots));
    else await this.#untilReset(this.#carryOut(ue, pilots, slots));
  }

  async #carryOut(ue: string, pilots: readonly Pilot[], slots: readonly number[]): Promise<void> {
    const { ledger, testbed, planner, signal, settings } = this.#parts;
    await this.#arm();
    const toQueue = slots.filter((slot) => !this.#queued.has(slot));
    const toMeasure = toQueue.filter((slot) => !ledger.hasPower(slot));
    if (toQueue.length > 0) {
      const entries = toQueue.map((slot) => ({ slot, hash: ledger.row(slot).hash }));
      const wanted = new Set(entries.map(({ hash }) => hash));
      const codewords = pilots.filter(({ hash }) => wanted.delete(hash)).map(({ packed }) => packed);
      await Promise.all([
        toMeasure.length > 0 && testbed.bridge.measure(ue, toMeasure, settings.ueTimeoutS, signal),
        testbed.board.load(codewords),
      ]);
      await testbed.board.queue(entries);
      for (const slot of toQueue) this.#queued.add(slot);
      await testbed.waitUntilBoardTime(planner.startOfSlotS(toQueue.at(-1)! + 1), signal);
    }
    await this.#collect(slots);
  }

  /** Waits until every slot has receipt and power; asks again for receipts, and gives up what does not come. */
  async #collect(slots: readonly number[]): Promise<void> {
    const { ledger, settings, testbed } = this.#parts;
    let seen = -1;
    let quietS = 0;
    while (!(await this.#settledWithin(slots, ASK_AGAIN_S))) {
      if (seen !== ledger.arrivals || this.#linkDown !== undefined) {
        seen = ledger.arrivals;
        quietS = 0;
        continue;
      }
      quietS += ASK_AGAIN_S;
      const unreceipted = slots.filter((slot) => ledger.state(slot) === 'pending' && !ledger.hasReceipt(slot));
      if (unreceipted.length === 0) {
        if (quietS >= settings.powerTimeoutS) ledger.giveUp(slots, 'silent');
      } else if (quietS >= RECEIPT_TIMEOUT_S) {
        ledger.giveUp(unreceipted, 'lost');
      } else {
        await testbed.board.requestReceipts(unreceipted[0]!, unreceipted.at(-1)! - unreceipted[0]! + 1);
      }
    }
  }

  /** What board and UE still remember of slots that an earlier process had planned. */
  async #recall(slots: readonly number[]): Promise<void> {
    const { ledger, testbed } = this.#parts;
    const unreceipted = slots.filter((slot) => !ledger.hasReceipt(slot));
    if (unreceipted.length > 0) {
      await testbed.board.requestReceipts(unreceipted[0]!, unreceipted.at(-1)! - unreceipted[0]! + 1);
    }
    if (!(await this.#settledWithin(slots, REMEMBERED_S))) ledger.giveUp(slots, 'lost');
  }

  async #settledWithin(slots: readonly number[], timeS: number): Promise<boolean> {
    const { ledger, clock, signal } = this.#parts;
    const settled = new AbortController();
    const stop = AbortSignal.any([settled.signal, signal]);
    const asleep = clock.sleep(timeS, stop).then(
      () => false,
      () => false,
    );
    try {
      return await Promise.race([ledger.settled(slots).then(() => true), asleep]);
    } finally {
      settled.abort();
    }
  }

  /** Arms the slot clock unless it runs. On real time the plan then goes on from the board's time now. */
  async #arm(): Promise<void> {
    if (this.#armed) return;
    const { testbed, planner, settings } = this.#parts;
    const { slotDurationS } = settings;
    if (testbed.time === 'real') {
      const firstSlot = planner.lastSlot + 1;
      const startBoardTimeS = testbed.earliestBoardTimeS() + ARM_AHEAD_S;
      planner.restart(firstSlot, startBoardTimeS);
      await testbed.board.arm({ firstSlot, startBoardTimeS, slotDurationS });
    } else {
      await testbed.board.arm({ firstSlot: 0, startBoardTimeS: VIRTUAL_START_S, slotDurationS });
    }
    this.#armed = true;
  }

  /** A board that restarts ends the step at once; its unfinished slots are lost and their pilots get new ones. */
  async #untilReset<T>(step: Promise<T>): Promise<T | undefined> {
    const board = this.#board.signal;
    try {
      return await race(step, this.#parts.signal, board);
    } catch (error) {
      if (board.aborted && board.reason === RESET) return undefined;
      throw error;
    }
  }

  #onReset(): void {
    const { ledger, planner } = this.#parts;
    this.#event('board reset', {});
    ledger.giveUp(
      ledger.pending().filter((slot) => !ledger.hasReceipt(slot)),
      'lost',
    );
    planner.forgetMemory();
    this.#armed = false;
    const before = this.#board;
    this.#board = new AbortController();
    before.abort(RESET);
  }

  #onLink(state: 'up' | 'down', reason: string): void {
    this.#event(`link ${state}`, { reason });
    this.#linkDown?.abort();
    this.#linkDown = undefined;
    if (state === 'up') return;
    const down = new AbortController();
    this.#linkDown = down;
    this.#parts.clock.sleep(RECONNECT_TIMEOUT_S, down.signal).then(
      () =>
        this.#board.abort(
          new BeamloopError('BOARD_SILENT', {
            what: `The link to the board was down for ${RECONNECT_TIMEOUT_S} s: ${reason}`,
            todo: 'Check cable and power, then go on with beamloop resume',
          }),
        ),
      () => {},
    );
  }

  /** Ends what runs in the background. */
  close(): void {
    this.#linkDown?.abort();
  }

  #event(kind: string, detail: unknown): void {
    this.#parts.recording.append('events', { wallTime: new Date(), kind, detail });
  }
}

type OpenPilot = Pilot & { readonly position: number; readonly attempt: number };

function gaveUp(ue: string, attempts: number, state: SlotState): BeamloopError {
  const why = {
    silent: 'the UE reported no power',
    late: 'the board latched late',
    missed: 'the board missed the slot',
    lost: 'no receipt came',
    pending: 'it did not end',
    measured: 'it was measured',
  }[state];
  return new BeamloopError(state === 'silent' ? 'UE_SILENT' : 'BOARD_FAULT', {
    what: `A pilot for ${ue} failed ${attempts} times, last because ${why}`,
    todo:
      state === 'silent'
        ? 'Check that the UE measures the slots that it is asked for'
        : 'Raise slots.turnaround, lower slots.duration demands or the link load; beamloop run --dry-run shows the plan',
  });
}
