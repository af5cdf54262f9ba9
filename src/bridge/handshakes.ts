/**
 * Connections that are not a UE's yet, from accept to welcome: bounded in number, per address and in all, and in time. Where
 * there are too many the oldest gives way, never the newcomer: a UE needs a moment for its handshake, and whoever only holds
 * sockets open loses them.
 */
import type { Socket } from 'node:net';
import type { Clock } from '../core/clock.js';

export interface HandshakeLimits {
  readonly maxHandshakes: number;
  readonly maxHandshakesPerAddress: number;
  /** From accept to hello, s. */
  readonly helloTimeoutS: number;
}

/** A timer that goes off so much too late shows that this machine stood still, and nobody could have been heard, s. */
const STOOD_STILL_S = 0.25;

interface Handshake {
  readonly address: string;
  readonly over: AbortController;
  /** Ends the connection, and says why where it can. */
  end: (reason: 'too late' | 'too many') => void;
}

export class Handshakes {
  readonly #limits: HandshakeLimits;
  readonly #clock: Clock;
  /** Oldest first. */
  readonly #underway = new Map<Socket, Handshake>();
  readonly #numOf = new Map<string, number>();

  constructor(limits: HandshakeLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  begin(socket: Socket): void {
    const handshake: Handshake = {
      address: socket.remoteAddress ?? '',
      over: new AbortController(),
      end: () => socket.destroy(),
    };
    const { address } = handshake;
    this.#underway.set(socket, handshake);
    this.#numOf.set(address, this.#numFrom(address) + 1);
    socket.once('close', () => this.done(socket));
    if (this.#numFrom(address) > this.#limits.maxHandshakesPerAddress) this.#evictFrom(address);
    else if (this.#underway.size > this.#limits.maxHandshakes) this.#evictFrom(this.#busiest());
    this.#endAfter(this.#limits.helloTimeoutS, handshake);
  }

  /** From now on the connection can say why it ends. */
  endsBy(socket: Socket, end: Handshake['end']): void {
    const handshake = this.#underway.get(socket);
    if (handshake !== undefined) handshake.end = end;
  }

  /** The hello is there: what follows takes as long as it takes. */
  greeted(socket: Socket): void {
    this.#underway.get(socket)?.over.abort('greeted');
  }

  /** Welcomed, refused or gone. */
  done(socket: Socket): void {
    const handshake = this.#underway.get(socket);
    if (handshake === undefined) return;
    const { address, over } = handshake;
    over.abort('done');
    this.#underway.delete(socket);
    const left = this.#numFrom(address) - 1;
    if (left === 0) this.#numOf.delete(address);
    else this.#numOf.set(address, left);
  }

  #numFrom(address: string): number {
    return this.#numOf.get(address) ?? 0;
  }

  #busiest(): string {
    let most = '';
    for (const [address, count] of this.#numOf) if (count > this.#numFrom(most)) most = address;
    return most;
  }

  #evictFrom(address: string): void {
    for (const [socket, handshake] of this.#underway) {
      if (handshake.address !== address) continue;
      this.done(socket);
      handshake.end('too many');
      return;
    }
  }

  #endAfter(durationS: number, handshake: Handshake): void {
    const beganS = this.#clock.nowS();
    this.#clock.sleep(durationS, handshake.over.signal).then(
      () => {
        // Timers come before what has arrived meanwhile.
        if (this.#clock.nowS() - beganS > durationS + STOOD_STILL_S) this.#endAfter(STOOD_STILL_S, handshake);
        else handshake.end('too late');
      },
      () => undefined,
    );
  }
}
