/** What UEs' sensors tell, dated on the board's clock, recorded as it comes, and handed out epoch by epoch. */
import type { UeBridge } from '../../bridge/bridge.js';
import type { SensorRecord } from '../../bridge/sensor-reading.js';
import type { Recording } from '../../record/recording.js';
import type { Row } from '../../record/schema.js';
import { UeClock } from '../../slots/ue-clock.js';
import type { SensorReading } from '../../tracking/tracker.js';

/** Of readings that come over the bridge. */
export const SENSOR = 'ue';
/** Two clocks are told apart no better, s: what a resumed run computes anew must be the same. */
const RESOLUTION_S = 1e-9;

export interface ReadingParts {
  readonly bridge: Pick<UeBridge, 'onPower' | 'onSensor'>;
  readonly recording: Recording;
  /** Ids of the users, in their order. */
  readonly ids: readonly string[];
  /** When a slot was planned to begin, s of board time; null where nobody knows. */
  readonly plannedAtS: (slot: number) => number | null;
  /** The board's time now, s; on virtual time the UEs' clocks are the board's, and null is given. */
  readonly boardTimeS: (() => number) | null;
  /** A UE may mean any instant of a slot, s; on virtual time it means the beginning. */
  readonly slotDurationS: number;
}

/** A reading, and the epoch in which it came. */
interface DatedReading {
  readonly epoch: number;
  readonly reading: SensorReading;
}

export class SensorReadings {
  readonly #parts: ReadingParts;
  readonly #clocks: ReadonlyMap<string, UeClock>;
  readonly #waiting: Map<string, DatedReading[]>;
  readonly #latestS = new Map<string, number>();
  /** That what comes now belongs to. */
  #epoch = 0;

  private constructor(parts: ReadingParts, recorded: readonly Row<'sensor_reports'>[]) {
    this.#parts = parts;
    this.#waiting = new Map(parts.ids.map((id) => [id, []]));
    this.#clocks = new Map(parts.ids.map((id) => [id, new UeClock()]));
    for (const { ue, boardTimeS, report, epoch } of recorded) {
      this.#keep(ue, epoch ?? 0, readingOf(report as RecordedReading, boardTimeS));
    }
    const uncertaintyS = parts.boardTimeS === null ? 0 : parts.slotDurationS;
    parts.bridge.onPower(({ ueId, slot, ueTimeS }) => {
      const boardTimeS = parts.plannedAtS(slot);
      if (boardTimeS !== null) this.#clocks.get(ueId)?.add({ boardTimeS, ueTimeS, uncertaintyS });
    });
    parts.bridge.onSensor((record) => this.#arrived(record));
  }

  /** Takes over what the recording holds. */
  static async open(parts: ReadingParts): Promise<SensorReadings> {
    const recorded = await parts.recording.rows('sensor_reports', `WHERE sensor = '${SENSOR}'`);
    return new SensorReadings(parts, recorded);
  }

  /** The next to be measured; what comes from now on belongs to it. */
  begin(epoch: number): void {
    this.#epoch = epoch;
  }

  /** Of each user, what has come up to the end of an epoch and was not taken before, oldest first. */
  take(epoch: number): SensorReading[][] {
    this.#epoch = epoch + 1;
    return this.#parts.ids.map((id) => {
      const waiting = this.#waiting.get(id)!;
      const due = waiting.filter((each) => each.epoch <= epoch);
      this.#waiting.set(
        id,
        waiting.filter((each) => each.epoch > epoch),
      );
      return due.map(({ reading }) => reading);
    });
  }

  #arrived({ ueId, sequence, ueTimeS, positionM, velocityMPerS, covariance }: SensorRecord): void {
    if (!this.#waiting.has(ueId)) return;
    const boardTimeS = rounded(this.#boardTimeOf(ueId, ueTimeS));
    // Two of one time are one reading.
    if (boardTimeS <= (this.#latestS.get(ueId) ?? Number.NEGATIVE_INFINITY)) return;
    const report: RecordedReading = { sequence, ueTimeS, positionM, velocityMPerS, covariance };
    this.#keep(ueId, this.#epoch, readingOf(report, boardTimeS));
    const row = { ue: ueId, sensor: SENSOR, boardTimeS, report, epoch: this.#epoch };
    this.#parts.recording.append('sensor_reports', row);
  }

  /** Before the first power its clock is known by the reading's arrival alone. */
  #boardTimeOf(ueId: string, ueTimeS: number): number {
    const known = this.#clocks.get(ueId)!.boardTimeOf(ueTimeS);
    return known === null ? (this.#parts.boardTimeS?.() ?? ueTimeS) : known.timeS;
  }

  #keep(ueId: string, epoch: number, reading: SensorReading): void {
    this.#waiting.get(ueId)?.push({ epoch, reading });
    this.#latestS.set(ueId, reading.boardTimeS);
  }
}

/** As table `sensor_reports` has it. */
export type RecordedReading = Pick<
  SensorRecord,
  'sequence' | 'ueTimeS' | 'positionM' | 'velocityMPerS' | 'covariance'
>;

export function readingOf(
  { positionM, velocityMPerS, covariance }: RecordedReading,
  boardTimeS: number,
): SensorReading {
  return { boardTimeS, positionM, velocityMPerS, covariance };
}

function rounded(timeS: number): number {
  return Math.round(timeS / RESOLUTION_S) * RESOLUTION_S;
}

/** The highest number of a reading per UE that a recording holds. */
export async function durableReadings(recording: Recording): Promise<ReadonlyMap<string, number>> {
  const rows = await recording.query(
    `SELECT ue, max(CAST(report->>'$.sequence' AS BIGINT)) AS sequence FROM sensor_reports WHERE sensor = '${SENSOR}' GROUP BY ue`,
  );
  return new Map(rows.map(({ ue, sequence }) => [String(ue), Number(sequence)]));
}
