/** JetStream of a connected server: streams that outlive whoever put something into them. */
import { type JetStreamClient, type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import type { Nats } from './connect-nats.js';
import { natsError } from './nats-errors.js';

export interface JetStream {
  readonly client: JetStreamClient;
  readonly manager: JetStreamManager;
}

/** Of every request; servers on slow lines and loaded disks take seconds. */
const REQUEST_TIMEOUT_MS = 10_000;

/** @throws NATS_NO_JETSTREAM; NATS_REFUSED where it is not for us; NATS_UNREACHABLE. */
export async function openJetStream({ connection, shown }: Nats): Promise<JetStream> {
  try {
    const manager = await jetstreamManager(connection, { timeout: REQUEST_TIMEOUT_MS });
    return { manager, client: manager.jetstream() };
  } catch (error) {
    throw natsError(error, shown);
  }
}
