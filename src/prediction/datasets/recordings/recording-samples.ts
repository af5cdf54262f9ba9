/** Samples of a recording: what each user received in an epoch or a batch of pilots, with which codewords, and where it was. */
import type { Recording } from '../../../record/recording.js';
import type { Row } from '../../../record/schema.js';
import { strongest } from '../deepsense/measured-files.js';
import type { Problems } from '../problems.js';
import type { Sample } from '../samples.js';
import { RecordedFrames } from './recorded-frames.js';

export interface NamedRecording {
  readonly name: string;
  readonly recording: Recording;
}

/** Keys of all codewords that were sent or are known to be the best, in an order that knows numbers: labels count in it. */
export async function codebookOf(recordings: readonly NamedRecording[]): Promise<string[]> {
  const keys = new Set<string>();
  for (const { recording } of recordings) {
    for (const { codewordKey } of await recording.rows('slots')) keys.add(codewordKey);
    for (const { bestKey } of await recording.rows('users')) if (bestKey !== null) keys.add(bestKey);
    for (const { bestKey } of await recording.rows('epochs')) if (bestKey !== null) keys.add(bestKey);
  }
  const inOrder = new Intl.Collator('en', { numeric: true });
  return [...keys].sort(inOrder.compare);
}

/** Where counts go on from recording to recording. */
export interface Counters {
  pass: number;
  segment: number;
}

/**
 * User by user, in the order of time. A pass is one user of one recording. Epochs that a tracker served follow each other in
 * a segment, broken where one is missing; batches of pilots, whose codewords depend on those before, are a segment each.
 *
 * @param codebook that labels count in.
 */
export async function* recordingSamples(
  { name, recording }: NamedRecording,
  codebook: readonly string[],
  counters: Counters,
  problems: Problems,
  signal?: AbortSignal,
): AsyncGenerator<Sample> {
  const labelOf = new Map(codebook.map((key, label) => [key, label]));
  const powers = await measuredPowers(recording);
  const sweeps = groupBy(
    (await recording.rows('slots')).filter(({ slot, ue }) => powers.has(`${slot} ${ue}`)),
    ({ ue }) => ue,
  );
  const epochs = new Map((await recording.rows('epochs')).map((row) => [`${row.ue} ${row.epoch}`, row]));
  const places = groupBy(await recording.rows('positions'), ({ ue }) => ue);
  const frames = await RecordedFrames.of(recording, name, problems);
  for (const user of await recording.rows('users')) {
    signal?.throwIfAborted();
    const own = sweeps.get(user.ue);
    if (own === undefined) continue;
    counters.pass += 1;
    let epochBefore: number | null = null;
    for (const slots of sweepsOf(own)) {
      const [first] = slots;
      const isTracked = OF_EPOCH.test(first!.sounding);
      const follows = isTracked && epochBefore !== null && first!.batch === epochBefore + 1;
      if (!follows) counters.segment += 1;
      epochBefore = isTracked ? first!.batch : null;
      const { codewords, means } = meanPowers(ownFirst(slots, user.ue), powers);
      const best = strongest(means);
      const { boardTimeS } = powers.get(`${first!.slot} ${user.ue}`)!;
      const truth = isTracked ? epochs.get(`${user.ue} ${first!.batch}`)?.bestKey : user.bestKey;
      yield {
        ...{ recording: name, user: user.ue, pass: counters.pass, segment: counters.segment },
        ...{ index: first!.batch, timeS: boardTimeS, powers: means, codewords },
        label: best === null ? null : labelOf.get(codewords[best]!)!,
        sourceLabel: truth === null || truth === undefined ? null : labelOf.get(truth)!,
        ...placeAt(places.get(user.ue) ?? [], boardTimeS, user),
        image: isTracked ? frames.at(boardTimeS) : null,
      };
    }
  }
}

type Slot = Row<'slots'>;
type Measured = ReadonlyMap<string, { readonly power: number; readonly boardTimeS: number }>;

/** Of slots that were kept in time with the right codeword and measured; means over the subcarriers. */
async function measuredPowers(recording: Recording): Promise<Measured> {
  const rows = await recording.query(`
    SELECT slots.slot, slots.ue, list_avg(powers.powers) AS power, receipts.board_time_s AS time
    FROM slots JOIN receipts USING (slot) JOIN powers USING (slot, ue)
    WHERE receipts.status IN ('latched', 'acknowledged', 'sent') AND receipts.hash = slots.hash`);
  return new Map(
    rows.map(({ slot, ue, power, time }) => [
      `${slot} ${ue}`,
      { power: power as number, boardTimeS: time as number },
    ]),
  );
}

/** Soundings of the slots that serve and probe, whose batches are epochs. */
const OF_EPOCH = /\/(serve|probe)$/;

/**
 * Slots that belong together: a batch of a sounding; all that a user heard in an epoch, what was sent to others included, as
 * far as it listened.
 */
function sweepsOf(slots: readonly Slot[]): Slot[][] {
  const keyOf = ({ sounding, batch }: Slot) => `${OF_EPOCH.test(sounding) ? 'epoch' : `of ${sounding}`} ${batch}`;
  return [...groupBy(slots, keyOf).values()].sort((a, b) => a[0]!.slot - b[0]!.slot);
}

/** The beams that serve the user itself, then those that probe for it, then those of others. */
function ownFirst(slots: readonly Slot[], ue: string): Slot[] {
  const rank = ({ sounding }: Slot) => (sounding === `${ue}/serve` ? 0 : sounding === `${ue}/probe` ? 1 : 2);
  return slots.toSorted((a, b) => rank(a) - rank(b) || a.slot - b.slot);
}

/** A codeword that was sent several times has the mean of its powers. */
function meanPowers(slots: readonly Slot[], powers: Measured) {
  const byKey = groupBy(slots, ({ codewordKey }) => codewordKey);
  const means = [...byKey.values()].map(
    (same) => same.reduce((sum, { slot, ue }) => sum + powers.get(`${slot} ${ue}`)!.power, 0) / same.length,
  );
  return { codewords: [...byKey.keys()], means: Float32Array.from(means) };
}

/** The last place that was recorded by then; that of the beginning for users that stand still. */
function placeAt(
  places: readonly Row<'positions'>[],
  timeS: number,
  { xM, yM }: Row<'users'>,
): { readonly xM: number | null; readonly yM: number | null } {
  const known = places.findLast(({ boardTimeS }) => boardTimeS <= timeS + 1e-9);
  return known === undefined ? { xM, yM } : { xM: known.xM, yM: known.yM };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
