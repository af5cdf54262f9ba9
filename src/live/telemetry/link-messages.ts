/** What a run's thread and the thread that publishes for it tell each other. */
import type { Failure } from '../../core/failure.js';
import type { NatsSettings } from '../../nats/nats-settings.js';
import type { Kind } from './subjects.js';

/** What the thread is started with. */
export interface LinkData {
  readonly settings: NatsSettings;
  /** As a token of subjects. */
  readonly host: string;
}

/** Something to be published. */
export interface Parcel {
  /** Of the runs of this process, from 1. */
  readonly run: number;
  readonly subject: string;
  /** A whole buffer's beginning; the buffer changes hands. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Null of what is not counted. */
  readonly kind: Kind | null;
  /** Rows in it, or 1. */
  readonly numItems: number;
  /** Whoever comes later is told of it. */
  readonly isRemembered: boolean;
}

export type Outcome = 'sent' | 'unconfirmed' | 'dropped';

export type LinkRequest =
  | ({ readonly type: 'publish' } & Parcel)
  /** A run begins; whoever asks is told of it from now on. */
  | { readonly type: 'begin'; readonly prefix: string; readonly hello: string }
  | { readonly type: 'end' }
  /** Answered with `drained` once nothing waits any more, or the server is gone: what waits then is dropped. */
  | { readonly type: 'drain'; readonly id: number }
  | { readonly type: 'close' };

export type LinkReport =
  | { readonly type: 'open'; readonly maxPayloadBytes: number; readonly shown: string }
  | { readonly type: 'failed'; readonly failure: Failure }
  /** Of parcels, in the order in which they were settled. */
  | { readonly type: 'settled'; readonly parcels: readonly Settled[] }
  | { readonly type: 'gone' | 'back' | 'asked' }
  /** It does not go on, or not with all: the server refuses. */
  | { readonly type: 'refused'; readonly failure: Failure }
  | { readonly type: 'drained'; readonly id: number }
  | { readonly type: 'closed' };

export interface Settled extends Pick<Parcel, 'run' | 'kind' | 'numItems'> {
  readonly outcome: Outcome;
  /** Of its buffer. */
  readonly numBytes: number;
  /** To be used again; null where somebody may still read it. */
  readonly buffer: ArrayBuffer | null;
}
