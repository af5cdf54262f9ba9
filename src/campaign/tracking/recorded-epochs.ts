/** The epochs of a recording, as a tracker was told of them. */
import type { PolarCodebook } from '../../codebook/polar.js';
import type { Recording } from '../../record/recording.js';
import type { Row } from '../../record/schema.js';
import { listeningKey } from '../../slots/measured-pilots.js';
import { outcomeOfSlot } from '../../slots/slot-outcome.js';
import type { EpochPilot, SensorReading, UserEpoch } from '../../tracking/tracker.js';
import { type RecordedReading, readingOf, SENSOR } from './sensor-readings.js';

export interface RecordedEpoch {
  readonly epoch: number;
  readonly beginsAtS: number;
  /** Of each user, in their order. */
  readonly rows: readonly Row<'epochs'>[];
  /** The first choice of the run's tracker; undefined where it said nothing. */
  readonly recorded: readonly (Row<'predictions'> | undefined)[];
  readonly heard: readonly UserEpoch[];
}

type SlotRow = Row<'slots'>;

/** @param ids of the users, in their order. */
export async function readRecordedEpochs(
  recording: Recording,
  codebook: PolarCodebook,
  ids: readonly string[],
): Promise<RecordedEpoch[]> {
  const receipts = new Map((await recording.rows('receipts')).map((row) => [row.slot, row]));
  const powers = new Map((await recording.rows('powers')).map((row) => [listeningKey(row), row]));
  const firsts = new Map(
    (await recording.rows('predictions', 'WHERE rank = 1')).map((row) => [`${row.epoch} ${row.ue}`, row]),
  );
  const readings = await recording.rows('sensor_reports', `WHERE sensor = '${SENSOR}'`);
  const slots = await recording.rows('slots');
  const byEpoch = new Map<number, Row<'epochs'>[]>();
  for (const row of await recording.rows('epochs')) {
    const known = byEpoch.get(row.epoch);
    if (known === undefined) byEpoch.set(row.epoch, [row]);
    else known.push(row);
  }
  const starts = [...byEpoch.values()].map((rows) => rows[0]!.firstSlot);
  let [nextSlot, previous] = [0, -1];
  return [...byEpoch].map(([epoch, all], k) => {
    const endSlot = starts[k + 1] ?? Number.POSITIVE_INFINITY;
    const from = nextSlot;
    while (nextSlot < slots.length && slots[nextSlot]!.slot < endSlot) nextSlot++;
    const ofEpoch = slots.slice(from, nextSlot);
    const rows = ids.map((id) => all.find(({ ue }) => ue === id)!);
    const measured = (row: SlotRow) => {
      const power = powers.get(listeningKey(row));
      const outcome = outcomeOfSlot(row.hash, receipts.get(row.slot) ?? null, power !== undefined);
      return outcome === 'joined' ? power! : null;
    };
    const sensorsOf = (id: string) =>
      readings
        .filter((row) => row.ue === id && (row.epoch ?? 0) > previous && (row.epoch ?? 0) <= epoch)
        .map(({ report, boardTimeS }) => readingOf(report as RecordedReading, boardTimeS));
    const heard = ids.map((id) =>
      heardBy(
        ofEpoch.filter(({ ue }) => ue === id),
        measured,
        codebook,
        ids,
        sensorsOf(id),
      ),
    );
    previous = epoch;
    return {
      epoch,
      beginsAtS: rows[0]!.boardTimeS,
      rows,
      recorded: ids.map((id) => firsts.get(`${epoch} ${id}`)),
      heard,
    };
  });
}

/** What one user heard, in the order of the slots. */
function heardBy(
  rows: readonly SlotRow[],
  measured: (row: SlotRow) => Row<'powers'> | null,
  codebook: PolarCodebook,
  ids: readonly string[],
  sensors: readonly SensorReading[],
): UserEpoch {
  const pilots = new Map<string, Omit<EpochPilot, 'power'> & { readonly powers: number[] }>();
  const noise: number[] = [];
  for (const row of rows) {
    const record = measured(row);
    if (record !== null) noise.push(record.noiseFloor);
    const [, whose, what] = /^(.*)\/(serve|probe)$/.exec(row.sounding) ?? [];
    if (whose === undefined) continue;
    const purpose = whose === row.ue ? (what as 'serve' | 'probe') : 'interference';
    const key = `${purpose} ${whose} ${row.codewordKey}`;
    const pilot = pilots.get(key) ?? {
      column: columnOfKey(codebook, row.codewordKey),
      purpose,
      servedUser: ids.indexOf(whose),
      powers: [],
    };
    pilots.set(key, pilot);
    if (record !== null) pilot.powers.push(meanOf(record.powers)!);
  }
  return {
    pilots: [...pilots.values()].map(({ powers, ...pilot }) => ({ ...pilot, power: meanOf(powers) })),
    noiseFloor: meanOf(noise) ?? 0,
    sensors,
  };
}

/** Column of a key `tracking/<ring>/<angle>`. */
export function columnOfKey(codebook: PolarCodebook, key: string): number {
  const [, ring, angleIndex] = key.split('/').map(Number);
  return codebook.column({ ring: ring!, angleIndex: angleIndex! });
}

function meanOf(values: ArrayLike<number>): number | null {
  if (values.length === 0) return null;
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += values[k]!;
  return sum / values.length;
}
