/**
 * Has batches of pilots measured: gives slots to the pilots that have none, has a chunk of them carried out, and again for
 * slots that failed. What it decides by is in the ledger, so a batch that a resumed run finds half measured goes on from
 * there.
 */
import type { EstimateSetup, PowerRecord } from '../bridge/bridge.js';
import { BeamloopError } from '../core/errors.js';
import { powersOfRecords } from '../sounding/pilot-powers.js';
import type { Powers } from '../sounding/powers.js';

import type { BoardWatch } from './board-watch.js';
import { type ChunkParts, ChunkRun } from './chunk-run.js';
import { gaveUp, hostTimedTrouble, isOfOneUe } from './gave-up.js';
import type { Pilot } from './pilot-factory.js';

/** A batch of pilots that some UEs are to measure, all in the same slots. */
export interface BatchRequest {
  /** Names the sounding; its batches are numbered from 0. */
  readonly sounding: string;
  readonly batch: number;
  readonly ues: readonly string[];
  readonly pilots: readonly Pilot[];
  /** What UEs that estimate by themselves are told; null when they report powers. */
  readonly localSetup: EstimateSetup | null;
}

/** Of each UE, in their order; or why there are none. */
export type BatchResult = { readonly powers: readonly Powers[] } | { readonly error: BeamloopError };

export type ExchangeParts = ChunkParts & {
  readonly watch: BoardWatch;
  readonly maxAttempts: number;
};

/** A request on its way. */
interface Pending {
  readonly request: BatchRequest;
  /** How often each pilot was given a slot by this process, shape [numPilots]. */
  readonly tries: Uint32Array;
  readonly silencesBefore: number;
  result: BatchResult | null;
}

interface OpenPilot extends Pilot {
  readonly pending: Pending;
  readonly position: number;
  readonly attempt: number;
  /** That have not measured it. */
  readonly ues: readonly string[];
}

export class SlotExchange {
  readonly #parts: ExchangeParts;
  readonly #chunks: ChunkRun;

  /** The ledger must have been restored before. */
  constructor(parts: ExchangeParts) {
    this.#parts = parts;
    this.#chunks = new ChunkRun(parts);
  }

  /**
   * Measures batches together: their pilots take turns in the slots. Results in the order of the requests; a UE that is
   * absent, silent or gives up fails its own batches alone.
   *
   * @throws a board's error, for nothing can be measured then, and the signal's reason.
   */
  async measure(requests: readonly BatchRequest[]): Promise<BatchResult[]> {
    const all = requests.map((request): Pending => {
      const tries = new Uint32Array(request.pilots.length);
      return { request, tries, silencesBefore: this.#parts.watch.numSilences, result: null };
    });
    for (;;) {
      const pending = all.filter(({ result }) => result === null);
      if (pending.length === 0) return all.map(({ result }) => result!);
      const looks = pending.map((each) => this.#look(each));
      const underway = looks.flatMap((look) => look.underway);
      const open = inTurns(looks.map((look) => look.open));
      if (underway.length > 0) await this.#settle(pending, underway);
      else if (open.length > 0) await this.#plan(open);
      await this.#end(pending.filter((_, k) => looks[k]!.underway.length + looks[k]!.open.length === 0));
    }
  }

  /** Where the pilots of a request stand. Ends it when one of them has had all its attempts. */
  #look(pending: Pending): { readonly underway: number[]; readonly open: OpenPilot[] } {
    const { ledger, watch, testbed, maxAttempts } = this.#parts;
    const { request, tries, silencesBefore } = pending;
    const underway: number[] = [];
    const open: OpenPilot[] = [];
    for (const [position, pilot] of request.pilots.entries()) {
      const place = { sounding: request.sounding, batch: request.batch, position };
      const attempts = ledger.attempts(place);
      const ues = request.ues.filter((ue) => ledger.measuredIn(attempts, ue) === null);
      if (ues.length === 0) continue;
      const slot = attempts.at(-1);
      const end = slot === undefined ? undefined : ledger.end(slot);
      if (end === null) underway.push(slot!);
      else if (tries[position]! >= maxAttempts) {
        const wasSilent = watch.numSilences > silencesBefore;
        const complaint = testbed.bridge.complaint(ues[0]!);
        const error = gaveUp(
          ues[0]!,
          maxAttempts,
          end!,
          wasSilent,
          watch.breach,
          complaint,
          hostTimedTrouble(testbed.board.description, watch.says),
        );
        if (!isOfOneUe(error)) throw error;
        pending.result = { error };
        return { underway: [], open: [] };
      } else {
        const { codeword, packed, hash } = pilot;
        open.push({ codeword, packed, hash, pending, position, attempt: attempts.length + 1, ues });
      }
    }
    return { underway, open };
  }

  /**
   * Gives slots to as many pilots as fit at once. On real time they lie as far ahead as UEs and board were seen to need, and
   * pilots that failed before get more of it, in case the link was too slow for the last plan.
   */
  async #plan(open: readonly OpenPilot[]): Promise<void> {
    const { ledger, planner, ready } = this.#parts;
    await ready.getReady();
    let failures = 0;
    const asked = new Set<string>();
    for (const { pending, position, ues } of open) {
      failures = Math.max(failures, pending.tries[position]!);
      for (const ue of ues) asked.add(ue);
    }
    const { earliestS, loadS } = this.#chunks.allowance(asked, failures);
    for (const { slot, plannedBoardTimeS, pilot } of planner.next(open, earliestS, loadS).slots) {
      const { pending, position, attempt, codeword, hash, ues } = pilot;
      const { sounding, batch } = pending.request;
      const codewordKey = codeword.key;
      ledger.plan({ slot, sounding, batch, position, attempt, codewordKey, hash, plannedBoardTimeS, ues });
      pending.tries[position]!++;
    }
  }

  /** Has planned slots carried out, and returns when each has ended one way or another, or its batch has. */
  async #settle(pending: readonly Pending[], slots: readonly number[]): Promise<void> {
    const pilots: Pilot[] = [];
    const keepers = new Set<string>();
    for (const { request } of pending) {
      for (const pilot of request.pilots) pilots.push(pilot);
      if (request.localSetup !== null) for (const ue of request.ues) keepers.add(ue);
    }
    const failed = await this.#chunks.carryOut(
      slots.toSorted((a, b) => a - b),
      pilots,
      keepers,
    );
    for (const each of pending) {
      const error = each.request.ues.map((ue) => failed.get(ue)).find((found) => found !== undefined);
      if (error !== undefined) each.result = { error };
    }
  }

  /** Takes the powers of batches that are measured. */
  async #end(complete: readonly Pending[]): Promise<void> {
    for (const pending of complete) {
      if (pending.result !== null) continue;
      try {
        pending.result = await this.#powers(pending);
      } catch (error) {
        if (!isOfOneUe(error)) throw error;
        pending.result = { error };
      }
    }
  }

  /** Null when a UE that kept its powers has lost them, so that the pilots must be measured again. */
  async #powers(pending: Pending): Promise<BatchResult | null> {
    const { ledger } = this.#parts;
    const { sounding, batch, ues, pilots } = pending.request;
    const powers: Powers[] = [];
    for (const ue of ues) {
      const records = pilots.map((_, position) => ledger.measured({ sounding, batch, position }, ue)!);
      const localEstimate = await this.#localEstimate(pending, ue, records);
      if (localEstimate === 'lost') return null;
      powers.push({ ...powersOfRecords(records), ...(localEstimate && { localEstimate }) });
    }
    ledger.release(sounding, batch, pilots.length);
    return { powers };
  }

  /**
   * Where the UE says that it is; null when it reports its powers. A UE that was restarted has forgotten them: the slots
   * are lost then, and the pilots are measured again.
   */
  async #localEstimate({ request, tries }: Pending, ue: string, records: readonly PowerRecord[]) {
    const { ledger, testbed, maxAttempts, ueTimeoutS, signal } = this.#parts;
    const { sounding, batch, localSetup } = request;
    if (localSetup === null) return null;
    const known = ledger.localEstimate(sounding, batch, ue);
    if (known !== undefined) return known;
    const slots = records.map(({ slot }) => slot);
    try {
      const point = await testbed.bridge.estimate(ue, slots, localSetup, ueTimeoutS, signal);
      ledger.onLocalEstimate(sounding, batch, ue, point);
      return point;
    } catch (error) {
      const again = error instanceof BeamloopError && error.code === 'UE_ESTIMATE';
      if (!again || tries.some((count) => count >= maxAttempts)) throw error;
      for (const slot of slots) ledger.forget(slot);
      return 'lost' as const;
    }
  }

  /** Slots by how they ended, and what came unasked, twice or too late. */
  statistics() {
    return this.#parts.ledger.statistics();
  }
}

/** The first of each list, the second of each, and so on. */
function inTurns<T>(lists: readonly (readonly T[])[]): readonly T[] {
  if (lists.length === 1) return lists[0]!;
  const taken: T[] = [];
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  for (let k = 0; k < longest; k++) for (const list of lists) if (k < list.length) taken.push(list[k]!);
  return taken;
}
