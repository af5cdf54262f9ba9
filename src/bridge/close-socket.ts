/** The end of a WebSocket, which no peer can draw out. */
import type { WebSocket } from 'ws';
import type { Clock } from '../core/clock.js';

export const CLOSE_NORMAL = 1000;
export const CLOSE_GOING_AWAY = 1001;
export const CLOSE_POLICY = 1008;
/** How long a peer may take for its half of the closing handshake. */
const CLOSE_GRACE_S = 0.5;

/** Resolves when the socket is closed: by the handshake, or without it. */
export function closeSocket(socket: WebSocket, clock: Clock, code: number, reason: string): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState === socket.CLOSED) return resolve();
    const done = new AbortController();
    socket.once('close', () => {
      done.abort();
      resolve();
    });
    // A paused socket would never read the peer's half of the handshake.
    socket.resume();
    socket.close(code, reason);
    clock.sleep(CLOSE_GRACE_S, done.signal).then(
      () => socket.terminate(),
      () => undefined,
    );
  });
}
