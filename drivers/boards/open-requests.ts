/** Requests that wait for their response: matched by the sequence number of the request's frame (SPEC 6). */
import {
  type PayloadOf,
  type RequestName,
  type ResponseName,
  responseTo,
} from '../../firmware-protocol/registry.js';
import { STATUS } from '../../firmware-protocol/status.js';
import { BeamloopError } from '../../src/core/errors.js';
import type { BoardMessage } from '../link/exchange.js';
import type { Link } from '../link/link.js';
import { refused } from './refusals.js';

interface Pending {
  readonly name: RequestName;
  readonly response: ResponseName<RequestName>;
  /** Whoever asked looks at the status. */
  readonly takesRefusals: boolean;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * Sequence numbers have 16 bits; far below their number, so that a response can never be taken for another request's.
 */
const MAX_PENDING = 8192;

export class OpenRequests {
  readonly #link: Link;
  readonly #boardName: string;
  readonly #nowS: () => number;
  /** When the board last answered, or when it last owed nothing. */
  #progressS = 0;
  /** In the order of sending, which is the order in which the board answers. */
  readonly #pending = new Map<number, Pending>();
  #ended: Error | null = null;

  constructor(link: Link, boardName: string, nowS: () => number) {
    this.#link = link;
    this.#boardName = boardName;
    this.#nowS = nowS;
  }

  /**
   * Sends a request; resolves with the response when its status is ok. Rejects with BOARD_REFUSED otherwise (its cause:
   * the status' name), and with what `rejectAll` was given when there will be no response.
   */
  send<N extends RequestName>(name: N, value: PayloadOf<N>): Promise<PayloadOf<ResponseName<N>>> {
    return this.#send(name, value, false);
  }

  /** As `send`, but resolves with the response whatever its status. */
  ask<N extends RequestName>(name: N, value: PayloadOf<N>): Promise<PayloadOf<ResponseName<N>>> {
    return this.#send(name, value, true);
  }

  #send<N extends RequestName>(
    name: N,
    value: PayloadOf<N>,
    takesRefusals: boolean,
  ): Promise<PayloadOf<ResponseName<N>>> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    if (this.#pending.size >= MAX_PENDING) {
      return Promise.reject(
        new BeamloopError('INTERNAL', {
          what: `More than ${MAX_PENDING} requests wait`,
          where: this.#boardName,
        }),
      );
    }
    if (this.#pending.size === 0) this.progress();
    const sequence = this.#link.send(name, value);
    return new Promise<PayloadOf<ResponseName<N>>>((resolve, reject) => {
      this.#pending.set(sequence, {
        name,
        response: responseTo(name),
        takesRefusals,
        resolve: resolve as (value: unknown) => void,
        reject,
      });
    });
  }

  /** Takes a response; one to no open request is dropped (SPEC 9.3). */
  settle(message: BoardMessage): void {
    const { value } = message;
    if (!('request' in value)) return;
    const pending = this.#pending.get(value.request);
    if (pending === undefined || (message.name !== pending.response && message.name !== 'Refused')) {
      return;
    }
    this.#pending.delete(value.request);
    this.progress();
    const isTaken = value.status === STATUS.ok || pending.takesRefusals;
    if (isTaken && message.name !== 'Refused') pending.resolve(value);
    else pending.reject(refused(pending.name, value.status, this.#boardName));
  }

  /** How long the board has owed an answer without giving any, s. */
  get stalledForS(): number {
    return this.#pending.size === 0 ? 0 : this.#nowS() - this.#progressS;
  }

  /** The board could not answer until now. */
  progress(): void {
    this.#progressS = this.#nowS();
  }

  rejectAll(error: Error): void {
    const all = [...this.#pending.values()];
    this.#pending.clear();
    for (const pending of all) pending.reject(error);
  }

  /** As `rejectAll`, for all requests to come too. */
  end(error: Error): void {
    this.#ended = error;
    this.rejectAll(error);
  }
}
