/** Publishes what it is given as fast as the server takes it, and says of each what became of it. */
import type { NatsConnection } from '@nats-io/transport-node';
import type { Outcome, Parcel } from './link-messages.js';

/** Under way to the server and not confirmed yet. */
const MOST_UNDERWAY_BYTES = 8 << 20;

type Group = Parcel[];

export class Publisher {
  readonly #connection: NatsConnection;
  readonly #settled: (parcels: readonly Parcel[], outcome: Outcome) => void;
  readonly #refused = new Set<string>();
  readonly #groups = new Set<Group>();
  readonly #idle: (() => void)[] = [];
  #waiting: Parcel[] = [];
  #underwayBytes = 0;
  #isGone = false;

  constructor(connection: NatsConnection, settled: (parcels: readonly Parcel[], outcome: Outcome) => void) {
    this.#connection = connection;
    this.#settled = settled;
  }

  take(parcel: Parcel): void {
    this.#waiting.push(parcel);
    this.#pump();
  }

  /** The server is gone: of what was under way nobody knows. */
  gone(): void {
    this.#isGone = true;
    for (const group of this.#groups) this.#settle(group, 'unconfirmed');
    this.#wakeIdle();
  }

  back(): void {
    this.#isGone = false;
    // Another server, or one that was told otherwise meanwhile.
    this.#refused.clear();
    this.#pump();
  }

  /** The server does not allow publishing to a subject: it says so before it confirms. */
  refuse(subject: string): void {
    this.#refused.add(subject);
  }

  /** Resolves when nothing waits any more; what waits for a server that is gone is dropped. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#idle.push(resolve);
      this.#wakeIdle();
    });
  }

  #pump(): void {
    const group: Group = [];
    while (!this.#isGone && this.#waiting.length > 0 && this.#underwayBytes < MOST_UNDERWAY_BYTES) {
      const parcel = this.#waiting.shift()!;
      if (this.#publish(parcel)) group.push(parcel);
      else this.#settled([parcel], 'dropped');
    }
    if (group.length > 0) this.#confirm(group);
    this.#wakeIdle();
  }

  #publish({ subject, bytes }: Parcel): boolean {
    if (this.#refused.has(subject)) return false;
    try {
      this.#connection.publish(subject, bytes);
    } catch {
      // It is over for good, or takes smaller messages than the server that was there before.
      return false;
    }
    this.#underwayBytes += bytes.length;
    return true;
  }

  /** The server answers in turn: it has all that was sent before. */
  #confirm(group: Group): void {
    this.#groups.add(group);
    this.#connection.flush().then(
      // A refusal comes before the answer, but is told to whoever listens a moment later.
      () => setImmediate(() => this.#settle(group, 'sent')),
      () => this.#settle(group, 'unconfirmed'),
    );
  }

  #settle(group: Group, outcome: Outcome): void {
    if (!this.#groups.delete(group)) return;
    for (const { bytes } of group) this.#underwayBytes -= bytes.length;
    const isRefused = ({ subject }: Parcel) => this.#refused.has(subject);
    const taken = group.filter((parcel) => !isRefused(parcel));
    if (taken.length > 0) this.#settled(taken, outcome);
    if (taken.length < group.length) this.#settled(group.filter(isRefused), 'dropped');
    this.#pump();
  }

  #wakeIdle(): void {
    if (this.#idle.length === 0) return;
    if (this.#isGone) {
      const waiting = this.#waiting;
      this.#waiting = [];
      if (waiting.length > 0) this.#settled(waiting, 'dropped');
    }
    if (this.#waiting.length > 0 || this.#groups.size > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}
