/** Requests to a server that may be gone for a while. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isPassing } from './nats-errors.js';

const LEAST_WAIT_MS = 50;
const MOST_WAIT_MS = 2000;

/**
 * Asks until there is an answer, however long the server is gone. What is asked must do no harm when it was heard twice.
 *
 * @throws what no waiting helps; the signal's reason.
 */
export async function persistently<T>(ask: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let waitMs = LEAST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, MOST_WAIT_MS)) {
    signal?.throwIfAborted();
    try {
      return await ask();
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
    await wait(waitMs, signal);
  }
}

/** @throws the signal's reason. */
export async function wait(ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { ...(signal && { signal }) }).catch(() => signal?.throwIfAborted());
}
