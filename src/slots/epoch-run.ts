/**
 * Takes the slots of an epoch through board and UEs, in the time that they have. What fails is not repeated: a UE that is away, or
 * silent, and a slot that the board missed are powers that are missing.
 */
import type { Clock } from '../core/clock.js';
import { BeamloopError } from '../core/errors.js';
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
  /** From the last slot until what comes next must be decided, s: on real time powers that come later are overdue. */
  readonly turnaroundS: number;
  readonly powerTimeoutS: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** How often it is looked whether UEs that are waited for are still connected, s. */
const LOOK_S = 0.02;
/** On virtual time, how long a UE is waited for that is connected and was silent before, s of the wall clock. */
const SILENT_PATIENCE_S = 0.1;
/** Head start of the board over the UEs on virtual time. */
const BOARD_FIRST_S = 1e-3;
const QUEUE = 'queue slots';

export class EpochRun {
  readonly #parts: EpochParts;
  readonly #boardTimes = new LearnedTimes();
  readonly #confirmations = new LearnedTimes();
  /** Connected UEs of whom nothing came in the last epoch. */
  readonly #silent = new Set<string>();

  constructor(parts: EpochParts) {
    this.#parts = parts;
  }

  /** What an epoch's first slot must lie ahead of now at least, on real time, s. */
  get leadS(): number {
    return this.#boardTimes.allowS(QUEUE) + this.#confirmations.allowS('');
  }

  /**
   * Returns when all that is waited for has come of these planned slots, or is overdue.
   *
   * @param slots ascending, without gaps.
   * @param pilots of the slots.
   */
  async carryOut(slots: readonly number[], pilots: readonly Pilot[]): Promise<void> {
    const { watch, signal } = this.#parts;
    await watch.during((either) => this.#run(slots, pilots, either), signal);
  }

  async #run(slots: readonly number[], pilots: readonly Pilot[], signal: AbortSignal): Promise<void> {
    const { testbed, clock, planner, ledger, turnaroundS, powerTimeoutS } = this.#parts;
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    const epoch = new Listeners(this.#parts, slots);
    const watching = epoch.watch(LOOK_S, either);
    const enough = new AbortController();
    const endS = planner.startOfSlotS(slots.at(-1)! + 1);
    const isReal = testbed.time === 'real';
    const waitS = isReal ? Math.max(0, endS - testbed.board.boardTime().loS) + powerTimeoutS : powerTimeoutS;
    const settled = ledger.settle(slots, waitS, either, enough.signal);
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
      const overdueS = isReal ? turnaroundS : SILENT_PATIENCE_S;
      const overdue = clock.sleep(overdueS, either).then(() => {
        if (isReal) enough.abort();
        else for (const ue of this.#silent) epoch.excuse(ue);
      });
      overdue.catch(() => {}); // ends with `over`
      await settled;
      for (const ue of epoch.ues) {
        if (epoch.wasHeard(ue)) this.#silent.delete(ue);
        else if (epoch.isConnected(ue)) this.#silent.add(ue);
      }
    } finally {
      over.abort('over');
      await watching;
    }
  }

  async #loadAndQueue(
    slots: readonly number[],
    pilots: readonly Pilot[],
    signal: AbortSignal,
  ): Promise<void> {
    const { testbed, ready, clock, ledger } = this.#parts;
    await ready.ready(signal);
    const byHash = new Map(pilots.map(({ hash, packed }) => [hash, packed]));
    await testbed.board.load([...byHash.values()]);
    signal.throwIfAborted();
    const beganS = clock.nowS();
    await testbed.board.queue(slots.map((slot) => ({ slot, hash: ledger.slot(slot).hash })));
    this.#boardTimes.took(QUEUE, clock.nowS() - beganS);
  }

  /** Asks all that are there at once; who does not confirm in time is excused. */
  async #ask(epoch: Listeners, slots: readonly number[], signal: AbortSignal): Promise<void> {
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
        const patienceS = this.#silent.has(ue) ? Math.min(leftS, SILENT_PATIENCE_S) : leftS;
        if (gone.aborted || patienceS <= 0) return epoch.excuse(ue);
        const either = AbortSignal.any([gone, signal]);
        const askedAtS = clock.nowS();
        try {
          const told = toldSlotClock(unheard[0]!, this.#parts);
          const listens = await testbed.bridge.measure(ue, unheard, patienceS, either, false, told);
          if (listens) this.#confirmations.took('', clock.nowS() - askedAtS);
          else epoch.excuse(ue);
        } catch (error) {
          if (!gone.aborted && !isOfOneUe(error)) throw error;
          epoch.excuse(ue);
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
  async watch(everyS: number, signal: AbortSignal): Promise<void> {
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
