/** The first line that a NATS server says to whoever connects. */
import { createConnection } from 'node:net';
import type { NatsServer } from './nats-settings.js';

/** Of whoever has just been connected to. */
const PATIENCE_MS = 2000;
const MOST_BYTES = 1 << 16;

/** Whether it wants certificates of clients; false where it does not say. */
export async function wantsCertificate({ hostname, port }: NatsServer): Promise<boolean> {
  const socket = createConnection({ host: hostname, port });
  socket.setTimeout(PATIENCE_MS, () => socket.destroy());
  let text = '';
  try {
    for await (const bytes of socket) {
      text += bytes;
      const info = /^INFO (\{.*\})\s*\r\n/.exec(text)?.[1];
      if (info !== undefined) return (JSON.parse(info) as { tls_verify?: unknown }).tls_verify === true;
      if (text.length > MOST_BYTES) return false;
    }
  } catch {
    // Whoever asks has a fault to tell already.
  } finally {
    socket.destroy();
  }
  return false;
}
