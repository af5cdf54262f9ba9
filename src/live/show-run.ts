/** Lets others of this user watch a run on a testbed: what it is, from its scenario, and what it does, from what it records. */
import path from 'node:path';
import type { BoardDescription } from '../../drivers/array-board.js';
import type { AntennaArray, PointM } from '../array/antenna-array.js';
import { PlanarArray } from '../array/planar-array.js';
import type { OngoingRun, Showing } from '../campaign/conduct.js';
import type { RowOfTable } from '../record/follower.js';
import type { Recording } from '../record/recording.js';
import type { Preparation } from '../scenario/plan.js';
import { trackingCodebook } from '../scenario/tracking-plan.js';
import { isEmulated, type User } from '../scenario/users.js';
import { liveEpoch, liveEstimate, liveEvent } from './live-rows.js';
import type { LiveArray, LiveMessage, LiveUser, RunHello, SlotCountsSoFar } from './messages.js';
import { RunFeed } from './run-feed.js';
import { RunTelemetry } from './telemetry/run-telemetry.js';
import type { TelemetryCounts } from './telemetry/subjects.js';
import type { TelemetryLink } from './telemetry/telemetry-link.js';

/** Whoever else is told of a run. */
export interface Published {
  readonly link: TelemetryLink;
  /** Told in the end what became of what the run did. */
  readonly ended: (counts: TelemetryCounts) => void;
}

/**
 * @param command what was typed.
 * @param published null where it is told nobody but watchers.
 * @throws WATCH_REFUSED where no run can be watched on this machine; NATS_FULL where the server takes too little.
 */
export async function showRun<E>(
  command: RunHello['command'],
  { file, preparation, testbed, recording, stop }: OngoingRun<E>,
  published: Published | null = null,
): Promise<Showing> {
  const { array } = preparation;
  const { scenario } = file;
  const { description } = testbed.board;
  let telemetry: RunTelemetry | null = null;
  const feed = await RunFeed.open({
    hello: {
      command,
      name: file.name,
      scheme: scenario.scheme.name,
      folder: path.resolve(recording.folder),
      time: testbed.time,
      slotDurationS: scenario.slots.duration,
      array: liveArray(array),
      board: {
        ...boardFacts(description),
        ports: scenario.board.tiles?.map(({ port }) => port ?? scenario.board.port) ?? [scenario.board.port],
        isEmulated: isEmulated(scenario),
      },
      band: preparation.band && {
        numSubcarriers: preparation.band.numSubcarriers,
        bandwidthHz: preparation.band.bandwidthHz,
      },
      users: preparation.users.map((user) => liveUser(user, array)),
    },
    board: testbed.board,
    before: await slotsBefore(recording),
    settingsOf: async (hash) => {
      // Of a beam that is new they may wait to be written.
      await recording.durable();
      return (await recording.rows('element_settings', `WHERE hash = '${hash}'`))[0] ?? null;
    },
    messageOf: messages(preparation),
    listen:
      published === null
        ? undefined
        : (hello) => {
            telemetry = new RunTelemetry(published.link, hello);
            return telemetry;
          },
    onStop: stop,
  });
  await recording.flushed();
  for (const row of await recording.rows('events')) feed.tell(liveEvent(row));
  for (const row of await recording.rows('estimates')) feed.tell(liveEstimate(row));
  recording.look((rows) => {
    feed.take(rows);
    telemetry?.take(rows);
  });
  return {
    waiting: (ueId, url) =>
      feed.tell({
        ...{ type: 'event', wallTimeMs: Date.now(), kind: 'waiting for ue', detail: { ueId, url } },
        text: `${ueId}: waiting for the UE at ${url}`,
      }),
    batch: (ue, done, most) => feed.progress({ of: 'pilots', ue, done, most }),
    epoch: (done, most) => feed.progress({ of: 'epochs', done, most }),
    end: async (error) => {
      // A disk that fails is told of by the run.
      if (telemetry !== null) await recording.flushed().catch(() => {});
      await feed.end(error);
      if (telemetry !== null) published?.ended(await telemetry.end());
    },
  };
}

/** What of a board is told to whoever watches. */
export function boardFacts(description: BoardDescription): Omit<RunHello['board'], 'ports' | 'isEmulated'> {
  const { model, serialNumber, firmware, phaseBits, delayBits, amplitudeBits, memoryDepth, queueDepth } =
    description;
  return { model, serialNumber, firmware, phaseBits, delayBits, amplitudeBits, memoryDepth, queueDepth };
}

/** An array with the places of its elements in its own frame. */
export function liveArray(array: AntennaArray): LiveArray {
  const { numElements, carrierHz, speedOfLightMPerS } = array;
  const isPlanar = array instanceof PlanarArray;
  const placesM = new Float64Array(3 * numElements);
  for (let k = 0; k < numElements; k++) {
    placesM.set(isPlanar ? array.elementM(k) : [0, array.elementYM[k]!, 0], 3 * k);
  }
  return {
    ...{ numElements, carrierHz, speedOfLightMPerS },
    placesM: Buffer.from(placesM.buffer).toString('base64'),
    planar: isPlanar ? { columns: array.columns, rows: array.rows } : null,
  };
}

function liveUser({ id, positionM, truth }: User, array: AntennaArray): LiveUser {
  const place = truth?.positionM ?? positionM;
  return {
    id,
    truthM: place && array.inFrame(place),
    snrDb: truth?.snrDb ?? null,
    moves: (truth?.motion ?? null) !== null,
  };
}

function messages({ scenario, array }: Preparation): (row: RowOfTable) => LiveMessage | null {
  const codebook =
    scenario.tracking === undefined || array instanceof PlanarArray
      ? null
      : trackingCodebook(scenario, scenario.tracking);
  const focusOf = (key: string): PointM | null => {
    const index = /^tracking\/(\d+)\/(\d+)$/.exec(key);
    if (codebook === null || index === null) return null;
    return codebook.focusM({ ring: Number(index[1]), angleIndex: Number(index[2]) });
  };
  return ({ table, row }) => {
    switch (table) {
      case 'events':
        return liveEvent(row);
      case 'estimates':
        return liveEstimate(row);
      case 'epochs':
        return liveEpoch(row, focusOf);
      case 'positions': {
        const [xM, yM] = array.inFrame([row.xM, row.yM]);
        return { type: 'position', ue: row.ue, boardTimeS: row.boardTimeS, placeM: [xM, yM] };
      }
      default:
        return null;
    }
  };
}

/** Of a run that is resumed. */
async function slotsBefore(recording: Recording): Promise<SlotCountsSoFar> {
  const [counts] = await recording.query(
    `SELECT (SELECT count(DISTINCT slot) FROM slots) AS planned,
            count(*) FILTER (status = 'latched') AS latched,
            count(*) FILTER (status = 'acknowledged') AS acknowledged,
            count(*) FILTER (status = 'sent') AS sent,
            count(*) FILTER (status = 'late') AS late,
            count(*) FILTER (status = 'missed') AS missed,
            count(*) FILTER (status NOT IN ('late', 'missed') AND slot IN (
              SELECT slot FROM slots LEFT JOIN powers USING (slot, ue)
              GROUP BY slot HAVING count(*) = count(sequence))) AS measured
     FROM receipts WHERE board = 0`,
  );
  const { planned, latched, acknowledged, sent, late, missed, measured } = counts!;
  return {
    ...{ planned: Number(planned), latched: Number(latched), acknowledged: Number(acknowledged) },
    ...{ sent: Number(sent), late: Number(late), missed: Number(missed), measured: Number(measured) },
  };
}
