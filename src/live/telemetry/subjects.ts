/** Subjects of a NATS server under which runs tell what they do (docs/telemetry.md), and what stands in messages beside rows. */
import type { RunHello } from '../messages.js';

/** Raised when a subject or a schema changes its meaning; it stands in every subject. */
export const TELEMETRY_VERSION = 1;
export const ROOT = `beamloop.v${TELEMETRY_VERSION}`;
/** Whoever asks here is told of every run that goes on. */
export const ASK_ALL = `${ROOT}.ask`;
/** Where runs say that they begin. */
export const HELLO_OF_ALL = `${ROOT}.*.*.live.hello`;

/** What is counted apart. */
export const KINDS = ['slots', 'receipts', 'powers', 'messages'] as const;
export type Kind = (typeof KINDS)[number];

/** Rows or messages of a kind. In the end `sent`, `unconfirmed` and `dropped` add up to `made`. */
export interface Tally {
  readonly made: number;
  /** The server has confirmed that it has them. */
  readonly sent: number;
  /** Were under way when the server went away: nobody knows whether it had them. */
  readonly unconfirmed: number;
  /** Never sent: they did not fit, or the server refused or lacked them. */
  readonly dropped: number;
}

/** Comes every second while a run goes on, and once more when it is over. */
export interface TelemetryCounts extends Readonly<Record<Kind, Tally>> {
  readonly type: 'counts';
  readonly wallTimeMs: number;
  /** How often the server was gone. */
  readonly numOutages: number;
  /** Nothing comes after it. */
  readonly isFinal: boolean;
}

/** Answer to `ASK_ALL`. */
export interface RunAnswer {
  readonly host: string;
  /** Of the run's subjects, without the last full stop. */
  readonly prefix: string;
  readonly hello: RunHello;
}

/** A host's name as a token of a subject. */
export function hostToken(hostname: string): string {
  return hostname.replace(/[^A-Za-z0-9_-]/g, '_') || '_';
}

export function prefixOf(host: string, run: string): string {
  return `${ROOT}.${host}.${run}`;
}
