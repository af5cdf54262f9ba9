/** Messages that a consumer is asked for. */
import type { Consumer, JsMsg } from '@nats-io/jetstream';

/** As they come, until there are so many or none came for so long; the signal ends it at once, without a word. */
export async function* fetched(
  consumer: Consumer,
  mostMessages: number,
  expiresMs: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<JsMsg> {
  const messages = await consumer.fetch({ max_messages: mostMessages, expires: expiresMs });
  const stop = () => void messages.close();
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    yield* messages;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
