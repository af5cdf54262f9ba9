/**
 * Takes the slots of an epoch through board and UEs, in the time that they have. What fails is not repeated: a UE that is away, or
 * silent, and a slot that the board missed are powers that are missing.
 */
import type { Clock } from '../core/clock.js';
import { BeamloopError } from '../core/errors.js';
import { Stop, type StopSignal } from '../core/stop-signal.js';
import type { BoardWatch } from './board-watch.js';
import { isOfOneUe } from './gave-up.js';
import { LearnedTimes } from './learned-times.js';
import type { Pilot, PilotFactory } from './pilot-factory.js';
import type { ReadyBoard } from './ready-board.js';
import type { SlotLedger } from './slot-ledger.js';
import type { SlotPlanner } from './slot-planner.js';
import type { Testbed } from './testbed.js';
import { toldSlotClock } from './told-slot-clock.js';

export interface EpochParts {
  readonly testbed: Testbed;
  readonly watch: BoardWatch;
  readonly ready: ReadyBoard;
  readonly ledger: SlotLedger;
  readonly planner: SlotPlanner;
  readonly pilots: PilotFactory;
  readonly slotDurationS: number;
  /** On real time powers are waited for at least so long, s. */
  readonly turnaroundS: number;
  readonly powerTimeoutS: number;
  readonly clock: Clock;
  readonly signal: StopSignal;
}

/** How often it is looked whether UEs that are waited for are still connected, s. */
const LOOK_S = 0.02;
/**
 * How long a UE is waited for that is connected and was silent before, s of the wall clock: a few times what others take, and now
 * and then for longer, should it be slower than they are.
 */
const SILENT_PATIENCE_S = { least: 5e-3, most: 0.1 };
const LONG_PATIENCE_EVERY = 16;
/** So many times what is usual is no longer usual: what comes later is overdue. */
const USUAL = 4;
/** Head start of the board over the UEs on virtual time. */
const BOARD_FIRST_S = 1e-3;
const QUEUE = 'load codewords and queue slots';

/** What comes between two epochs on real time, as it was learned, s. */
export interface TurnaroundTimes {
  /** From the last slot until its powers and receipts are there. */
  readonly powersS: number;
  /** From then until the next slots are decided. */
  readonly decisionS: number;
  /** From then until board and UEs are ready for them. */
  readonly readyS: number;
}

export class EpochRun {
  readonly #parts: EpochParts;
  readonly #boardTimes = new LearnedTimes();
  readonly #confirmations = new LearnedTimes();
  readonly #arrivals = new LearnedTimes();
  readonly #decisions = new LearnedTimes();
  /** Connected UEs of whom nothing came lately, and in how many epochs one after another. */
  readonly #silent = new Map<string, number>();

  constructor(parts: EpochParts) {
    this.#parts = parts;
  }

  /** What an epoch's first slot must lie ahead of now at least, on real time, s. */
  get leadS(): number {
    // Board and UEs get ready side by side.
    const readyS = Math.max(this.#boardTimes.allowS(QUEUE), this.#confirmations.allowS(''));
    return readyS + this.#decisions.allowS('');
  }

  get times(): TurnaroundTimes {
    const { testbed } = this.#parts;
    const decisionS = this.#decisions.allowS('');
    const aheadS = testbed.earliestBoardTimeS() - testbed.board.boardTime().hiS;
    return { powersS: this.#arrivals.allowS(''), decisionS, readyS: aheadS + this.leadS - decisionS };
  }

  /** It took so long from when an epoch's time was chosen until its slots were. */
  decided(durationS: number): void {
    this.#decisions.took('', durationS);
  }

  /**
   * Returns when all that is waited for has come of these planned slots, or is overdue.
   *
   * @param slots ascending, without gaps.
   * @param pilots of the slots.
   * @param nextS when the next epoch begins, s of board time.
   */
  async carryOut(slots: readonly number[], pilots: readonly Pilot[], nextS: number): Promise<void> {
    const { watch, signal } = this.#parts;
    await watch.during((either) => this.#run(slots, pilots, nextS, either), signal);
  }

  async #run(
    slots: readonly number[],
    pilots: readonly Pilot[],
    nextS: number,
    signal: StopSignal,
  ): Promise<void> {
    const { testbed, clock, planner, ledger, powerTimeoutS } = this.#parts;
    const either = new Stop(signal);
    const epoch = new Listeners(this.#parts, slots);
    const watching = epoch.watch(LOOK_S, either);
    const enough = new Stop();
    const endS = planner.startOfSlotS(slots.at(-1)! + 1);
    const isReal = testbed.time === 'real';
    const waitS = isReal ? Math.max(0, endS - testbed.board.boardTime().loS) + powerTimeoutS : powerTimeoutS;
    const settled = ledger.settle(slots, waitS, either, enough);
    try {
      settled.catch(() => {}); // awaited below
      const queued = this.#loadAndQueue(slots, pilots, signal);
      queued.catch(() => {}); // awaited below
      const asked = Promise.race([queued, clock.sleep(BOARD_FIRST_S, either)]).then(() =>
        this.#ask(epoch, slots, either),
      );
      asked.catch(() => {}); // awaited below
      await queued;
      this.#parts.pilots.recordNew();
      if (!isReal) await asked;
      await testbed.waitUntilBoardTime(endS, signal);
      const endedAtS = clock.nowS();
      const spareS = isReal ? this.#spareS(nextS) : 0;
      for (const [ue, numEpochs] of this.#silent) {
        const silentS = isReal ? spareS : this.#silentPatienceS(numEpochs);
        clock
          .sleep(silentS, either)
          .then(() => epoch.excuse(ue))
          .catch(() => {}); // ends with `over`
      }
      if (isReal)
        clock.sleep(this.#overdueS(spareS), either).then(
          () => enough.end('overdue'),
          () => {},
        ); // ends with `over`
      await settled;
      // Where nothing at all came in time it may be this machine that is slow.
      const isOverdue = enough.aborted && epoch.ues.some((ue) => epoch.wasHeard(ue));
      if (isReal && !isOverdue) this.#arrivals.took('', clock.nowS() - endedAtS);
      for (const ue of epoch.ues) {
        if (epoch.wasHeard(ue)) this.#silent.delete(ue);
        else if (epoch.isConnected(ue)) this.#silent.set(ue, (this.#silent.get(ue) ?? 0) + 1);
      }
    } finally {
      either.end('over');
      await watching;
    }
  }

  /** What may be waited without the next epoch being late for it. */
  #spareS(nextS: number): number {
    const { testbed, turnaroundS } = this.#parts;
    return Math.max(turnaroundS, nextS - testbed.earliestBoardTimeS() - this.leadS);
  }

  /** Until what lacks is given up, though the next epoch may be late for it: before anything is known, the longest. */
  #overdueS(spareS: number): number {
    const { powerTimeoutS } = this.#parts;
    const usualS = this.#arrivals.allowS('');
    return usualS === 0 ? powerTimeoutS : Math.min(powerTimeoutS, Math.max(spareS, USUAL * usualS));
  }

  #silentPatienceS(numEpochs: number): number {
    const { least, most } = SILENT_PATIENCE_S;
    if (numEpochs % LONG_PATIENCE_EVERY === 0) return most;
    return Math.min(most, Math.max(least, USUAL * this.#confirmations.allowS('')));
  }

  async #loadAndQueue(slots: readonly number[], pilots: readonly Pilot[], signal: StopSignal): Promise<void> {
    const { testbed, ready, clock, ledger } = this.#parts;
    await ready.ready(signal);
    const byHash = new Map(pilots.map(({ hash, packed }) => [hash, packed]));
    const beganS = clock.nowS();
    await testbed.board.load([...byHash.values()]);
    signal.throwIfAborted();
    await testbed.board.queue(slots.map((slot) => ({ slot, hash: ledger.slot(slot).hash })));
    // The round trips of an exchange are allowed for anyway.
    const roundTripsS = 2 * (testbed.board.linkStatistics().roundTripS ?? 0);
    this.#boardTimes.took(QUEUE, Math.max(0, clock.nowS() - beganS - roundTripsS));
  }

  /** Asks all that are there at once; who does not confirm in time is excused. */
  async #ask(epoch: Listeners, slots: readonly number[], signal: StopSignal): Promise<void> {
    const { testbed, clock, planner, powerTimeoutS } = this.#parts;
    const leftS =
      testbed.time === 'real'
        ? planner.startOfSlotS(slots[0]!) - testbed.board.boardTime().hiS
        : powerTimeoutS;
    await Promise.all(
      epoch.ues.map(async (ue) => {
        const unheard = epoch.unheard(ue);
        if (unheard.length === 0) return;
        const gone = epoch.goneSignal(ue);
        const numSilent = this.#silent.get(ue) ?? 0;
        const patienceS = numSilent === 0 ? leftS : Math.min(leftS, this.#silentPatienceS(numSilent));
        if (gone.aborted || patienceS <= 0) return epoch.excuse(ue);
        const either = new Stop(gone, signal);
        const askedAtS = clock.nowS();
        try {
          const told = toldSlotClock(unheard[0]!, this.#parts);
          const listens = await testbed.bridge.measure(ue, unheard, patienceS, either, false, told);
          if (listens) this.#confirmations.took('', clock.nowS() - askedAtS);
          else epoch.excuse(ue);
        } catch (error) {
          if (!gone.aborted && !isOfOneUe(error)) throw error;
          epoch.excuse(ue);
        } finally {
          either.end('over');
        }
      }),
    );
  }
}

/** The UEs that listen in an epoch, as long as they are connected. */
class Listeners {
  readonly ues: readonly string[];
  readonly #parts: EpochParts;
  readonly #slots: readonly number[];
  readonly #gone: ReadonlyMap<string, AbortController>;

  constructor(parts: EpochParts, slots: readonly number[]) {
    this.#parts = parts;
    this.#slots = slots;
    this.ues = [...new Set(slots.flatMap((slot) => parts.ledger.slot(slot).ues))];
    this.#gone = new Map(this.ues.map((ue) => [ue, new AbortController()]));
    this.#look();
  }

  isConnected(ue: string): boolean {
    return this.#parts.testbed.bridge.statistics(ue).some(({ connected }) => connected);
  }

  /** Raised when the UE goes. */
  goneSignal(ue: string): AbortSignal {
    return this.#gone.get(ue)!.signal;
  }

  /** Slots that the UE is to report. */
  unheard(ue: string): number[] {
    return this.#slots.filter((slot) => this.#parts.ledger.unheard(slot).includes(ue));
  }

  wasHeard(ue: string): boolean {
    const { ledger } = this.#parts;
    return this.#slots.some(
      (slot) => ledger.slot(slot).ues.includes(ue) && !ledger.unheard(slot).includes(ue),
    );
  }

  excuse(ue: string): void {
    this.#parts.ledger.excuse(this.#slots, ue);
  }

  /** Excuses who goes, until the signal is raised. Never rejects. */
  async watch(everyS: number, signal: StopSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#parts.clock.sleep(everyS, signal).catch(() => {});
      if (!signal.aborted) this.#look();
    }
  }

  #look(): void {
    for (const [ue, gone] of this.#gone) {
      if (gone.signal.aborted || this.isConnected(ue)) continue;
      this.excuse(ue);
      gone.abort(new BeamloopError('UE_ABSENT', { what: `The UE ${ue} went away` }));
    }
  }
}
