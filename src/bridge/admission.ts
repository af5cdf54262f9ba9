/** Who may connect to the bridge: what an upgrade and a UE's introduction must bring along. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { clipped } from '../core/printable.js';
import { type Hello, UE_PROTOCOL } from './messages.js';
import type { Refusal } from './ue-connection.js';

type Objection = readonly [status: string, reason: string, todo: string];
const BAD_REQUEST = '400 Bad Request';
const FORBIDDEN = '403 Forbidden';
/** Names that a UE is told when its own is not among them. */
const MAX_NAMES = 10;

/** What the bridge asks of UEs. */
export interface Admission {
  /** What a UE must present in its hello; nothing when undefined. */
  readonly token: string | undefined;
  /** The only UEs that may connect; null = any. */
  readonly ueIds: ReadonlySet<string> | null;
  readonly maxSubcarriers: number;
}

/** Compares without telling by its duration how much agrees. */
export function sameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/**
 * Why this upgrade is turned away, as an HTTP status line, a sentence and what to do; null when it is welcome. Browsers send an
 * Origin, and a web page must not pass for a UE; where there is a token it cannot, for it does not know that.
 */
export function objectionTo(request: IncomingMessage, token: string | undefined): Objection | null {
  if (request.headers.origin !== undefined && token === undefined)
    return [
      FORBIDDEN,
      `The client sent the header Origin: ${clipped(request.headers.origin)}, as browsers do, and without a token a web page must not pass for a UE`,
      'Leave the header out (Python websocket-client: suppress_origin=True), or give the bridge a token',
    ];
  const offered = request.headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? [];
  if (offered.includes(UE_PROTOCOL)) return null;
  return [
    BAD_REQUEST,
    `The subprotocol must be ${UE_PROTOCOL}; offered: ${clipped(offered.join(', ')) || 'none'}`,
    `Connect with the subprotocol ${UE_PROTOCOL}`,
  ];
}

/** Why a UE that introduces itself is turned away for what it says; null when it is welcome, as far as that goes. */
export function refusalOf(hello: Hello, { token, ueIds, maxSubcarriers }: Admission): Refusal | null {
  if (hello.protocol !== UE_PROTOCOL)
    return {
      code: 'wrong-protocol',
      message: `The UE speaks ${hello.protocol}, this bridge speaks ${UE_PROTOCOL}`,
      todo: 'Update the older of the two',
    };
  if (token !== undefined && !sameSecret(hello.token ?? '', token))
    return {
      code: 'wrong-token',
      message: hello.token === undefined ? 'This bridge asks for a token' : 'The token is wrong',
      todo: 'Give the UE the token that the bridge was started with',
    };
  if (ueIds !== null && !ueIds.has(hello.ueId))
    return {
      code: 'unknown-ue',
      message: `No UE called ${hello.ueId} belongs to this run; expected: ${namesOf(ueIds)}`,
      todo: 'Start the UE under one of these names, or add it to the scenario',
    };
  if (hello.description.numSubcarriers > maxSubcarriers)
    return {
      code: 'malformed',
      message: `${hello.description.numSubcarriers} subcarriers are more than ${maxSubcarriers}`,
      todo: 'Combine subcarriers, or raise the limit of the bridge',
    };
  return null;
}

function namesOf(ueIds: ReadonlySet<string>): string {
  const names = [...ueIds].slice(0, MAX_NAMES).join(', ');
  return ueIds.size > MAX_NAMES ? `${names} and ${ueIds.size - MAX_NAMES} more` : names;
}

/** Turns an upgrade away. */
export function reject(socket: Socket, [status, reason, todo]: Objection): void {
  socket.on('error', () => undefined);
  // The HTTP server has let go of this socket: left half open, it would take up a place and hold up `close` for ever.
  socket.once('finish', () => socket.destroy());
  const body = `${reason}. ${todo}.\n`;
  const head = ['Connection: close', 'Content-Type: text/plain; charset=utf-8'];
  socket.end(
    [`HTTP/1.1 ${status}`, ...head, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n'),
  );
}
