/** The thread of telemetry-link.ts: has the connection to the NATS server, so that the run's thread neither writes to it nor waits for it. */
import { parentPort, workerData } from 'node:worker_threads';
import { type NatsConnection, PermissionViolationError } from '@nats-io/transport-node';
import { BeamloopError } from '../../core/errors.js';
import { type Failure, failureOf } from '../../core/failure.js';
import { connectNats, type Nats } from '../../nats/connect-nats.js';
import { natsError } from '../../nats/nats-errors.js';
import { Answers } from './answers.js';
import type { LinkData, LinkReport, LinkRequest, Outcome, Parcel, Settled } from './link-messages.js';
import { Publisher } from './publisher.js';
import { ROOT } from './subjects.js';

const { settings, host } = workerData as LinkData;
const port = parentPort!;
let settled: Settled[] = [];

function report(message: LinkReport, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

/** Together with what else is settled in this turn. */
function settle(parcels: readonly Parcel[], outcome: Outcome): void {
  if (settled.length === 0) setImmediate(tellSettled);
  for (const { run, kind, numItems, bytes } of parcels) {
    // Of what was under way the library may hold bytes still.
    const buffer = outcome === 'unconfirmed' ? null : bytes.buffer;
    settled.push({ run, kind, numItems, outcome, numBytes: bytes.buffer.byteLength, buffer });
  }
}

function tellSettled(): void {
  const parcels = settled;
  if (parcels.length === 0) return;
  settled = [];
  report(
    { type: 'settled', parcels },
    parcels.flatMap(({ buffer }) => (buffer === null ? [] : [buffer])),
  );
}

function failure(error: unknown): Failure {
  return failureOf(
    error instanceof BeamloopError ? error : new BeamloopError('INTERNAL', { what: String(error) }),
  );
}

/**
 * Whether it may publish and hear is asked before a run begins: servers say so only after they seem to have taken it.
 *
 * @throws NATS_REFUSED.
 */
async function requirePermissions({ connection, shown }: Nats, refusals: readonly Error[]): Promise<void> {
  connection.publish(`${ROOT}.${host}.check`);
  await connection.flush();
  await new Promise((resolve) => setImmediate(resolve));
  if (refusals[0] !== undefined) throw natsError(refusals[0], shown);
}

async function watchRefusals(
  connection: NatsConnection,
  onRefusal: (error: PermissionViolationError) => void,
): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === 'error' && status.error instanceof PermissionViolationError) onRefusal(status.error);
  }
}

async function begin(): Promise<void> {
  let publisher: Publisher | null = null;
  const nats = await connectNats(settings, {
    name: `beamloop telemetry of ${host}`,
    onState: (state) => {
      if (publisher === null) return;
      report({ type: state });
      if (state === 'gone') publisher.gone();
      else publisher.back();
    },
  });
  const { connection, shown } = nats;
  const refusals: PermissionViolationError[] = [];
  void watchRefusals(connection, (error) => {
    refusals.push(error);
    if (error.operation === 'publish') publisher?.refuse(error.subject);
    if (publisher !== null) report({ type: 'refused', failure: failure(natsError(error, shown)) });
  });
  const maxPayloadBytes = connection.info!.max_payload;
  const answers = new Answers(connection, host, maxPayloadBytes, () => report({ type: 'asked' }));
  await requirePermissions(nats, refusals).catch(async (error) => {
    await nats.close();
    throw natsError(error, shown);
  });
  const publishes = new Publisher(connection, settle);
  publisher = publishes;
  let isClosing = false;
  void nats.ended.then((error) => {
    if (isClosing) return;
    publishes.gone();
    report({ type: 'gone' });
    report({ type: 'refused', failure: failure(error ?? natsError(new Error('closed'), shown)) });
  });
  port.on('message', (request: LinkRequest) => {
    switch (request.type) {
      case 'publish':
        if (request.isRemembered) answers.remember(Buffer.from(request.bytes).toString('utf8'));
        publishes.take(request);
        return;
      case 'begin':
        answers.begin(request.prefix, request.hello);
        return;
      case 'end':
        answers.end();
        return;
      case 'drain':
        void publishes.drained().then(() => {
          tellSettled();
          report({ type: 'drained', id: request.id });
        });
        return;
      case 'close':
        isClosing = true;
        void nats.close().then(() => report({ type: 'closed' }));
    }
  });
  report({ type: 'open', maxPayloadBytes, shown });
}

begin().catch((error) => report({ type: 'failed', failure: failure(error) }));
