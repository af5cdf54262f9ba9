/** The first line that a NATS server says to whoever connects, before anybody says who he is. */
import { createConnection } from 'node:net';
import { ConnectionError, TimeoutError } from '@nats-io/transport-node';
import type { NatsServer } from './nats-settings.js';

const MOST_BYTES = 1 << 16;

export interface ServerInfo {
  /** Whether it wants certificates of clients. */
  readonly wantsCertificate: boolean;
}

/**
 * Asked before the library is: where a host takes the connection and then says nothing, the library gives up and leaves its socket
 * open, which keeps the process from ending.
 *
 * @throws as Node and the library do where nobody listens, or nothing is heard in time.
 */
export async function serverInfo({ hostname, port }: NatsServer, patienceMs: number): Promise<ServerInfo> {
  const socket = createConnection({ host: hostname, port });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    socket.destroy();
  }, patienceMs);
  let text = '';
  try {
    for await (const bytes of socket) {
      text += bytes;
      const info = /^INFO (\{.*\})\s*\r\n/.exec(text)?.[1];
      if (info !== undefined) {
        return { wantsCertificate: (JSON.parse(info) as { tls_verify?: unknown }).tls_verify === true };
      }
      if (text.length > MOST_BYTES) break;
    }
  } catch (error) {
    if (!isLate) throw error;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
  throw isLate ? new TimeoutError() : new ConnectionError('it does not say INFO');
}
