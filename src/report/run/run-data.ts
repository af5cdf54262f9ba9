/** What a report tells about: the tables of a recording, joined by slot. */

import { numCheckPilotsOf } from '../../campaign/check-pilots.js';
import { recordedAccount } from '../../campaign/outcome.js';
import { loadRecordedPlugin } from '../../campaign/recorded-plugin.js';
import type { PilotLabel } from '../../codebook/codeword.js';
import { BeamloopError } from '../../core/errors.js';
import { Recording } from '../../record/recording.js';
import type { Row } from '../../record/schema.js';
import type { LossAccount } from '../../scenario/loss-account.js';
import { listeningKey, measuredPilots as pilotSlots } from '../../slots/measured-pilots.js';
import { outcomeOfSlot, type SlotOutcome } from '../../slots/slot-outcome.js';
import { needsBand } from '../../training/registry.js';
import { type RunFacts, readRunFacts } from './run-facts.js';
import { type RunStatistics, readStatistics } from './run-statistics.js';
import { readTracking, type TrackingData } from './tracking/tracking-data.js';

/** One slot that was planned, with what came of it. */
export interface SlotRecord {
  readonly slot: number;
  readonly ue: string;
  /** Who asked for it. */
  readonly sounding: string;
  readonly batch: number;
  /** Place in its batch, from 0. */
  readonly position: number;
  /** From 1. */
  readonly attempt: number;
  readonly codewordKey: string;
  readonly label: PilotLabel | null;
  readonly plannedBoardTimeS: number;
  /** How it stands: only the power of a slot that is `joined` is its pilot's. */
  readonly outcome: SlotOutcome;
  /** Null until the board's receipt is there. */
  readonly receipt: { readonly boardTimeS: number; readonly status: string } | null;
  /** Received power summed over subcarriers and the noise in it, linear; null until the UE reported. */
  readonly power: {
    readonly received: number;
    readonly noiseFloor: number;
    /** Linear, shape [numSubcarriers]. */
    readonly perSubcarrier: Float32Array;
  } | null;
}

export interface RunData {
  readonly folder: string;
  /** What is damaged, one sentence each. */
  readonly warnings: readonly string[];
  readonly facts: RunFacts;
  readonly users: readonly Row<'users'>[];
  readonly codewords: readonly Row<'codewords'>[];
  readonly slots: readonly SlotRecord[];
  readonly estimates: ReadonlyMap<string, Row<'estimates'>>;
  /** Of users that were found; empty in recordings that are older. */
  readonly losses: ReadonlyMap<string, LossAccount>;
  /** Of each user that was found. */
  readonly numCheckPilots: ReadonlyMap<string, number>;
  readonly events: readonly Row<'events'>[];
  readonly statistics: RunStatistics;
  /** Null for a run that did not track its users. */
  readonly tracking: TrackingData | null;
}

/** Reads everything that a report needs. Throws what `Recording.open` throws. */
export async function readRunData(folder: string): Promise<RunData> {
  const recording = await Recording.open(folder, 'read');
  try {
    const [run, users, codewords, estimates, losses, events, link] = await Promise.all([
      recording.rows('run'),
      recording.rows('users'),
      recording.rows('codewords'),
      recording.rows('estimates', 'WHERE epoch = 0'),
      recording.rows('losses', 'WHERE epoch = 0'),
      recording.rows('events'),
      recording.rows('link_statistics'),
    ]);
    const plugin = await pluginWarnings(recording);
    const estimateOf = new Map(estimates.map((row) => [row.ue, row]));
    const accounts = losses.flatMap((row) => {
      const account = recordedAccount(row, estimateOf.get(row.ue));
      return account === null ? [] : [[row.ue, account] as const];
    });
    const entries = new Map(run.map((row) => [row.key, row.value]));
    const facts = readRunFacts(entries);
    return {
      folder,
      warnings: [...recording.warnings, ...plugin],
      facts,
      users,
      codewords,
      slots: await readSlots(recording, codewords),
      estimates: estimateOf,
      losses: new Map(accounts),
      numCheckPilots: await numCheckPilotsOf(recording),
      events,
      statistics: readStatistics(link, events),
      tracking: await readTracking(recording, entries.get('scenario'), users, facts.polar),
    };
  } finally {
    await recording.close();
  }
}

/** What is measured is told without the plugin of the run, too: of its scheme only the name is known then. */
async function pluginWarnings(recording: Recording): Promise<string[]> {
  try {
    const changed = await loadRecordedPlugin(recording);
    return changed === null ? [] : [changed.text];
  } catch (error) {
    if (!(error instanceof BeamloopError) || error.code !== 'PLUGIN_INVALID') throw error;
    return [error.message];
  }
}

async function readSlots(
  recording: Recording,
  codewords: readonly Row<'codewords'>[],
): Promise<SlotRecord[]> {
  const [slots, receipts, powers] = await Promise.all([
    recording.rows('slots'),
    recording.rows('receipts'),
    recording.rows('powers'),
  ]);
  const labels = new Map(codewords.map((row) => [row.key, row.label as PilotLabel]));
  const receiptOf = new Map(receipts.map((row) => [row.slot, row]));
  const powerOf = new Map(powers.map((row) => [listeningKey(row), row]));
  return slots.map((row) => {
    const receipt = receiptOf.get(row.slot);
    const power = powerOf.get(listeningKey(row));
    return {
      ...row,
      label: labels.get(row.codewordKey) ?? null,
      outcome: outcomeOfSlot(row.hash, receipt ?? null, power !== undefined),
      receipt: receipt === undefined ? null : { boardTimeS: receipt.boardTimeS, status: receipt.status },
      power:
        power === undefined
          ? null
          : {
              received: power.powers.reduce((sum, value) => sum + value, 0),
              noiseFloor: power.noiseFloor * power.powers.length,
              perSubcarrier: power.powers,
            },
    };
  });
}

/**
 * Slots of one user's training whose power counted, one per pilot, in the order in which they were sent. What was measured in a
 * slot that was latched late is not the pilot's power; the pilot came again.
 */
export function measuredPilots(slots: readonly SlotRecord[], ue: string): SlotRecord[] {
  const planned = slots.filter((slot) => slot.ue === ue && slot.sounding === ue);
  return pilotSlots(planned, ({ outcome }) => outcome === 'joined');
}

/** Schemes of the whole band have no best codeword to match; their rates are known where the truth is. */
export function isWideband({ facts: { choice, planar }, estimates }: RunData): boolean {
  // Of planar arrays codewords are found, whatever UEs measure.
  if (planar !== null) return false;
  return (choice !== null && needsBand(choice)) || [...estimates.values()].some(({ rate }) => rate !== null);
}
