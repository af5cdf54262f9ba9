/** What is worth noticing of a frame, seen in the order of the log. */
import { isReliableType } from '../../firmware-protocol/registry.js';
import type { WirePacket } from './pcapng.js';
import { type Reading, readStretch, type Side } from './reading.js';

export type Mark =
  /** Bytes that are no frame (SPEC 3.5). */
  | 'bad'
  /** A frame whose payload follows no layout of its side (9.3). */
  | 'malformed'
  /** A reliable frame with a number that went over the line before (5.6). */
  | 'again'
  /** A frame of another session than that of the last Hello (5.11). */
  | 'other session';

export interface LoggedFrame {
  /** From the first packet of the log on, s. */
  readonly atS: number;
  readonly packet: WirePacket;
  readonly reading: Reading;
  readonly marks: readonly Mark[];
}

/** Numbers of each side that are remembered: windows are shorter. */
const REMEMBERED = 256;

export class Marker {
  #firstNs: bigint | null = null;
  #session: number | null = null;
  readonly #seen: Readonly<Record<Side, Set<number>>> = { host: new Set(), board: new Set() };

  mark(packet: WirePacket): LoggedFrame {
    this.#firstNs ??= packet.timeNs;
    const atS = Number(packet.timeNs - this.#firstNs) / 1e9;
    const reading = readStretch(packet.stretch, packet.from);
    return { atS, packet, reading, marks: this.#marks(packet.from, reading) };
  }

  #marks(from: Side, reading: Reading): Mark[] {
    if (reading.kind === 'bad') return ['bad'];
    const { type, session, sequence } = reading.frame;
    const marks: Mark[] = reading.kind === 'malformed' ? ['malformed'] : [];
    if (reading.kind === 'message' && reading.name === 'Hello') {
      const id = Number(reading.value.session);
      if (this.#session !== id) this.#forget();
      this.#session = id;
      return marks;
    }
    if (reading.kind === 'message' && reading.name === 'Welcome') {
      // Both sides count from 1 again.
      if (reading.value.resumed === 0) this.#forget();
      return marks;
    }
    if (this.#session !== null && session !== (this.#session & 0xffff)) return [...marks, 'other session'];
    if (isReliableType(type)) {
      const seen = this.#seen[from];
      if (seen.has(sequence)) marks.push('again');
      seen.add(sequence);
      if (seen.size > REMEMBERED) seen.delete(seen.values().next().value!);
    }
    return marks;
  }

  #forget(): void {
    this.#seen.host.clear();
    this.#seen.board.clear();
  }
}
