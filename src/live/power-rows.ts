/** Received powers as they are shown: neighbours in time and in frequency share a row and a bin, and the strongest shows. */
import { MOST_BINS, MOST_POWER_ROWS, type PowerRow } from './messages.js';

/** What a recording holds of a slot that was measured. */
export interface MeasuredSlot {
  readonly ue: string;
  readonly slot: number;
  readonly noiseFloor: number;
  /** Linear, shape [numSubcarriers]. */
  readonly powers: Float32Array;
}

const STEPS_PER_DB = 2;

/**
 * At most `MOST_POWER_ROWS` rows, shared out evenly among the UEs; of more UEs than rows, those that measured last.
 *
 * @param slots in the order in which they were measured.
 */
export function powerRows(slots: readonly MeasuredSlot[]): PowerRow[] {
  const ofUes = new Map<string, MeasuredSlot[]>();
  for (const slot of slots) {
    const own = ofUes.get(slot.ue);
    if (own === undefined) ofUes.set(slot.ue, [slot]);
    else own.push(slot);
  }
  const shown = [...ofUes.values()].slice(-MOST_POWER_ROWS);
  const rowsEach = Math.floor(MOST_POWER_ROWS / Math.max(1, shown.length));
  return shown.flatMap((own) => inRuns(own, rowsEach).map(powerRow));
}

/** Cuts a list into `most` runs of nearly the same length, or into single items where there are fewer. */
function inRuns<T>(items: readonly T[], most: number): T[][] {
  const numRuns = Math.min(most, items.length);
  return Array.from({ length: numRuns }, (_, k) =>
    items.slice(Math.floor((k * items.length) / numRuns), Math.floor(((k + 1) * items.length) / numRuns)),
  );
}

/** @param slots of one UE, at least one. */
function powerRow(slots: readonly MeasuredSlot[]): PowerRow {
  const strongest = slots[0]!.powers.slice();
  let most = 0;
  let least = Infinity;
  let sum = 0;
  for (const { powers } of slots) {
    let ofSlot = 0;
    // UEs may be told to send another number of subcarriers than before; what is there counts.
    const count = Math.min(strongest.length, powers.length);
    for (let k = 0; k < count; k++) {
      const power = powers[k]!;
      ofSlot += power;
      if (power > strongest[k]!) strongest[k] = power;
    }
    const mean = ofSlot / Math.max(1, count);
    if (mean > most) most = mean;
    if (mean < least) least = mean;
    sum += mean;
  }
  const bins = strongest.length > 1 ? binned(strongest) : null;
  return {
    ue: slots[0]!.ue,
    slot: slots[0]!.slot,
    lastSlot: slots.at(-1)!.slot,
    numSlots: slots.length,
    mostDb: decibels(most),
    meanDb: decibels(sum / slots.length),
    leastDb: decibels(least),
    noiseFloorDb: decibels(slots.at(-1)!.noiseFloor),
    bins: bins?.text ?? null,
    topDb: bins?.topDb ?? null,
  };
}

function binned(powers: Float32Array): { readonly text: string; readonly topDb: number | null } {
  const numBins = Math.min(MOST_BINS, powers.length);
  const strongest = new Float32Array(numBins);
  for (let k = 0; k < powers.length; k++) {
    const bin = Math.floor((k * numBins) / powers.length);
    if (powers[k]! > strongest[bin]!) strongest[bin] = powers[k]!;
  }
  const topDb = decibels(strongest.reduce((top, power) => Math.max(top, power), 0));
  const codes = new Uint8Array(numBins);
  for (let k = 0; k < numBins; k++) {
    const db = decibels(strongest[k]!);
    codes[k] = db === null ? 0 : Math.max(0, Math.round(255 - STEPS_PER_DB * (topDb! - db)));
  }
  return { text: Buffer.from(codes).toString('base64'), topDb };
}

/** Null of 0, which has none. */
export function decibels(power: number): number | null {
  return power > 0 ? 10 * Math.log10(power) : null;
}
