/** Statistics of link, slot join and UEs over a run. A resumed run counts from zero again; here it all adds up. */
import { z } from 'zod';
import type { Row } from '../../record/schema.js';

const number = z.number().default(0);

const linkCounts = z.object({
  framesSent: number,
  framesReceived: number,
  bytesSent: number,
  bytesReceived: number,
  retransmissions: number,
  duplicatesReceived: number,
  corruptFrames: number,
  reconnects: number,
  codewordsLoaded: number,
  codewordsReused: number,
});
const linkStatistics = linkCounts.extend({ roundTripS: z.number().nullable().default(null) });

const joinStatistics = z.object({
  duplicateReceipts: number,
  duplicatePowers: number,
  lateReceipts: number,
  latePowers: number,
  unusedPowers: number,
  strayReceipts: number,
  strayPowers: number,
});

const ueCounts = z.object({
  connections: number,
  recordsReceived: number,
  duplicates: number,
  gaps: number,
  malformed: number,
  throttled: number,
  notAsked: number,
  saturated: number,
});

const sampleSchema = z.object({
  link: linkStatistics.optional(),
  slots: joinStatistics.optional(),
  ues: z.array(ueCounts.extend({ ueId: z.string() })).default([]),
});

type Sample = z.output<typeof sampleSchema>;
export type LinkTotals = z.output<typeof linkStatistics>;
export type JoinTotals = z.output<typeof joinStatistics>;
type UeTotals = z.output<typeof ueCounts>;

export interface LinkSample {
  readonly wallTime: Date;
  readonly totals: LinkTotals;
}

export interface RunStatistics {
  /** Totals since the run began, in order of time; empty when nothing was recorded. */
  readonly link: readonly LinkSample[];
  readonly join: JoinTotals | null;
  /** By UE id. */
  readonly ues: ReadonlyMap<string, UeTotals>;
  /** How often the run was resumed. */
  readonly resumptions: number;
}

export function readStatistics(
  rows: readonly Row<'link_statistics'>[],
  events: readonly Row<'events'>[],
): RunStatistics {
  const resumedMs = events.filter(({ kind }) => kind === 'resumed').map((event) => event.wallTime.getTime());
  const sessionOf = (at: Date) => resumedMs.filter((ms) => ms <= at.getTime()).length;

  const link: LinkSample[] = [];
  let join: JoinTotals | null = null;
  let ues = new Map<string, UeTotals>();
  // Totals of the sessions before the one that a row belongs to.
  let before = {
    link: undefined as LinkTotals | undefined,
    join: null as JoinTotals | null,
    ues: new Map<string, UeTotals>(),
  };
  let session = 0;
  for (const { wallTime, statistics } of rows) {
    const sample: Sample | undefined = sampleSchema.safeParse(statistics).data;
    if (sample === undefined) continue;
    if (sessionOf(wallTime) !== session) {
      session = sessionOf(wallTime);
      before = { link: link.at(-1)?.totals, join, ues };
      ues = new Map(ues);
    }
    if (sample.link !== undefined) {
      const totals = before.link === undefined ? sample.link : addLink(before.link, sample.link);
      link.push({ wallTime, totals });
    }
    if (sample.slots !== undefined)
      join = before.join === null ? sample.slots : add(before.join, sample.slots);
    // A row may tell of some UEs only; what the others had counted stands.
    for (const { ueId, ...counts } of sample.ues) {
      const known = before.ues.get(ueId);
      ues.set(ueId, known === undefined ? counts : add(known, counts));
    }
  }
  return { link, join, ues, resumptions: resumedMs.length };
}

function addLink(a: LinkTotals, b: LinkTotals): LinkTotals {
  const { roundTripS, ...counts } = b;
  return { ...add(linkCounts.parse(a), counts), roundTripS };
}

function add<T extends Record<string, number>>(a: T, b: T): T {
  return Object.fromEntries(Object.keys(b).map((key) => [key, (a[key] ?? 0) + b[key]!])) as T;
}
