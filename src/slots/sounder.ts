/**
 * Drives soundings through slots: pilots → slots → receipts joined with powers → the generator, until it returns. Training a
 * user, calibrating an array and tracking a user are soundings like any other. Several go on together; their pilots take
 * turns in the slots.
 */
import type { BoardBeams } from '../../calibration/board-beams.js';
import type { EstimateSetup } from '../bridge/bridge.js';
import type { Codeword } from '../codebook/codeword.js';
import type { Clock } from '../core/clock.js';
import { BeamloopError } from '../core/errors.js';
import type { Recording } from '../record/recording.js';
import type { Powers } from '../sounding/powers.js';
import type { PilotBatch, Sounding } from '../sounding/sounding.js';
import { BoardWatch } from './board-watch.js';
import { EpochExchange } from './epoch-exchange.js';
import { PilotFactory } from './pilot-factory.js';
import { ReadyBoard } from './ready-board.js';
import { type BatchResult, SlotExchange } from './slot-exchange.js';
import { SlotLedger } from './slot-ledger.js';
import type { SlotStatistics } from './slot-outcome.js';
import { type PlannerOptions, SlotPlanner } from './slot-planner.js';
import type { Testbed } from './testbed.js';

export interface SounderParts {
  readonly testbed: Testbed;
  /** What it holds of a run that is resumed is not measured again. */
  readonly recording: Recording;
  readonly beams: BoardBeams;
  readonly plan: PlannerOptions;
  /** Slots that a pilot may have. */
  readonly maxAttempts: number;
  /** How long a UE may take to connect or to confirm, s. */
  readonly ueTimeoutS: number;
  /** How long powers and receipts may be overdue, s. */
  readonly powerTimeoutS: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A sounding, and who listens. */
export interface SoundingTask<Result> {
  /** Names it in the recording. Of soundings with one name the batches are counted on. */
  readonly name: string;
  /** All of them listen in each of its slots; the generator gets the powers of each, in this order. */
  readonly ues: readonly string[];
  readonly sounding: Sounding<Result, readonly Powers[]>;
  /** What the UEs are told so that they estimate by themselves; they report powers unless given. */
  readonly localSetup?: EstimateSetup | null;
  /** Told of each batch that was measured, with its number of pilots. */
  readonly onBatch?: (numPilots: number) => void;
}

/** What a sounding returned, or what kept it from that. */
export type SoundingEnd<Result> = { readonly result: Result } | { readonly error: BeamloopError };

/** A sounding on its way. */
interface Running<Result> {
  readonly task: SoundingTask<Result>;
  /** That it waits for; null when it has ended. */
  batch: PilotBatch | null;
  end: SoundingEnd<Result> | null;
}

export class Sounder {
  readonly #planner: SlotPlanner;
  readonly #pilots: PilotFactory;
  readonly #watch: BoardWatch;
  readonly #exchange: SlotExchange;
  /** For who tracks users: slots in epochs of their own time. */
  readonly epochs: EpochExchange;
  /** Of each name, the number of batches so far. */
  readonly #numBatches = new Map<string, number>();

  private constructor(parts: SounderParts, ledger: SlotLedger, pilots: PilotFactory) {
    const { testbed, recording, plan, clock } = parts;
    this.#pilots = pilots;
    this.#planner = new SlotPlanner(plan);
    this.#planner.adopt([...ledger.planned()].map(({ slot, hash }) => ({ slot, pilot: { hash } })));
    this.#watch = new BoardWatch(testbed.board, clock, (kind, detail) => recording.event(kind, detail));
    const { slotDurationS } = plan;
    const of = { ledger, pilots, planner: this.#planner, watch: this.#watch, slotDurationS };
    const own = { ...of, ready: new ReadyBoard({ ...parts, ...of }) };
    this.#exchange = new SlotExchange({ ...parts, ...own });
    this.epochs = new EpochExchange({ ...parts, ...own, turnaroundS: plan.turnaroundS });
    testbed.board.on('receipt', (receipt) => ledger.onReceipt(receipt));
    testbed.bridge.onPower((record) => ledger.onPower(record));
  }

  /** Takes over what the recording holds of slots. */
  static async open(parts: SounderParts): Promise<Sounder> {
    const { testbed, recording, beams, clock } = parts;
    const acknowledge = (ueId: string, sequence: number) => testbed.bridge.acknowledge(ueId, sequence);
    const ledger = new SlotLedger(recording, acknowledge, clock);
    await ledger.restore(recording);
    const hashes = await recording.query('SELECT hash FROM element_settings');
    const recorded = {
      keys: new Set((await recording.rows('codewords')).map(({ key }) => key)),
      hashes: new Set(hashes.map(({ hash }) => String(hash))),
    };
    return new Sounder(parts, ledger, new PilotFactory(testbed.board, beams, recording, recorded));
  }

  /**
   * Drives one sounding to its end.
   *
   * @throws what the generator throws; UE_ABSENT, UE_SILENT, UE_MISMATCH, UE_ESTIMATE, BOARD_MISMATCH; a board's error;
   * the signal's reason.
   */
  async run<Result>(task: SoundingTask<Result>): Promise<Result> {
    const [end] = await this.runAll([task]);
    if ('error' in end!) throw end.error;
    return end!.result;
  }

  /**
   * Drives soundings together, each to its end: in every round the batches that they wait for are measured in one plan of
   * slots. A UE that is absent or silent, and what a generator refuses, ends that sounding alone. Ends in the order of tasks.
   *
   * @throws BOARD_MISMATCH when the board cannot hold a codeword, a board's error, and the signal's reason.
   */
  async runAll<Result>(tasks: readonly SoundingTask<Result>[]): Promise<SoundingEnd<Result>[]> {
    const all = tasks.map((task): Running<Result> => ({ task, batch: null, end: null }));
    try {
      for (const running of all) advance(running, () => running.task.sounding.next());
      for (;;) {
        const waiting = all.filter(({ batch }) => batch !== null);
        if (waiting.length === 0) return all.map(({ end }) => end!);
        const results = await this.#exchange.measure(waiting.map((running) => this.#request(running)));
        for (const [k, running] of waiting.entries()) resume(running, results[k]!);
      }
    } finally {
      // Generators that an error of another kind left waiting may have something to put in order.
      for (const { task, end } of all) if (end === null) task.sounding.return(undefined as Result);
    }
  }

  /** Makes the recording know a codeword that was not sent. */
  note(codeword: Codeword): void {
    this.#pilots.pilot(codeword);
    this.#pilots.recordNew();
  }

  /** The last slot that was given away; -1 before the first. */
  get lastSlot(): number {
    return this.#planner.lastSlot;
  }

  statistics(): SlotStatistics {
    return this.#exchange.statistics();
  }

  close(): void {
    this.#watch.close();
  }

  #request({ task, batch: codewords }: Running<unknown>) {
    const { name: sounding, ues, localSetup = null } = task;
    const batch = this.#numBatches.get(sounding) ?? 0;
    this.#numBatches.set(sounding, batch + 1);
    const pilots = codewords!.map((codeword) => this.#pilots.pilot(codeword));
    return { sounding, batch, ues, pilots, localSetup };
  }
}

/** Gives a sounding what was measured for it. */
function resume<Result>(running: Running<Result>, measured: BatchResult): void {
  const { task, batch } = running;
  if ('error' in measured) {
    running.batch = null;
    running.end = measured;
    task.sounding.return(undefined as Result);
    return;
  }
  task.onBatch?.(batch!.length);
  advance(running, () => task.sounding.next(measured.powers));
}

function advance<Result>(running: Running<Result>, step: () => IteratorResult<PilotBatch, Result>): void {
  const { task } = running;
  try {
    const { done, value } = step();
    if (done === true) {
      running.batch = null;
      running.end = { result: value };
      return;
    }
    if (value.length === 0) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what: `Sounding '${task.name}' asks for no pilots`,
        todo: 'Yield at least one codeword, or return',
      });
    }
    running.batch = value;
  } catch (error) {
    if (!(error instanceof BeamloopError)) throw error;
    running.batch = null;
    running.end = { error };
  }
}
