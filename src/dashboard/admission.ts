/** Who may ask the dashboard's server for what: this machine's browser, on a page of ours, with the token. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { sameSecret } from '../bridge/admission.js';
import { PAGE_PROTOCOL, TOKEN_PROTOCOL } from './page-messages.js';

const TOKEN_BYTES = 32;

export interface Objection {
  readonly status: number;
  readonly reason: string;
}

/** 256 bits, in characters that a URL's fragment and a WebSocket's subprotocol take as they are. */
export function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

export class Admission {
  readonly #token: string;
  #hosts: ReadonlySet<string> = new Set();

  constructor(token: string) {
    this.#token = token;
  }

  /** Once it is known on which port the server listens. */
  listenOn(port: number): void {
    this.#hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`]);
  }

  /**
   * Why a request for anything at all is turned away. A name of the attacker's may point here (DNS rebinding): then the header Host
   * has it. A page of another site sends its Origin.
   */
  objectionTo({ headers }: IncomingMessage): Objection | null {
    if (!this.#hosts.has(headers.host ?? ''))
      return {
        status: 421,
        reason: 'This server answers to 127.0.0.1 and localhost alone: open the address that it printed',
      };
    if (headers.origin === undefined) return null;
    const origin = /^http:\/\/(.+)$/.exec(headers.origin)?.[1] ?? '';
    return this.#hosts.has(origin)
      ? null
      : { status: 403, reason: 'Pages of other origins may ask nothing of this server' };
  }

  /** Why a request for what is secret, or does something, is turned away. */
  objectionToBearer(request: IncomingMessage): Objection | null {
    const [scheme = '', token = ''] = (request.headers.authorization ?? '').split(' ');
    return this.objectionTo(request) ?? this.#objectionToToken(scheme === 'Bearer' ? token : '');
  }

  /** The same of a WebSocket, whose token is a subprotocol. */
  objectionToPage(request: IncomingMessage): Objection | null {
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    const token = offered.find((name) => name.startsWith(TOKEN_PROTOCOL))?.slice(TOKEN_PROTOCOL.length);
    const objection = this.objectionTo(request) ?? this.#objectionToToken(token ?? '');
    if (objection !== null || offered.includes(PAGE_PROTOCOL)) return objection;
    return { status: 400, reason: `The subprotocol must be ${PAGE_PROTOCOL}` };
  }

  #objectionToToken(token: string): Objection | null {
    if (sameSecret(token, this.#token)) return null;
    return {
      status: 401,
      reason: 'The token is missing or wrong: open the address that beamloop dashboard printed, as a whole',
    };
  }
}
