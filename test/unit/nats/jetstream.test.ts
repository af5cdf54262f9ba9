/** What JetStream refuses, in our words, against the real server. */
import { AckPolicy, DiscardPolicy, StorageType } from '@nats-io/jetstream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectNats, type Nats } from '../../../src/nats/connect-nats.js';
import { type JetStream, openJetStream } from '../../../src/nats/jetstream.js';
import { isPassing, JETSTREAM, jetStreamCode, natsError } from '../../../src/nats/nats-errors.js';
import { type NatsServer, startNatsServer } from '../../fixtures/nats-server.js';

let server: NatsServer;
let nats: Nats;
let stream: JetStream;
let onBack: () => void = () => {};
beforeAll(async () => {
  server = await startNatsServer({
    config: 'max_payload: 65536\njetstream { store_dir: "$STORE", max_file_store: 200000 }',
  });
  nats = await connectNats(
    { url: server.url },
    { name: 'test', onState: (state) => state === 'back' && onBack() },
  );
  stream = await openJetStream(nats);
});
afterAll(async () => {
  await nats.close();
  await server.remove();
});

async function thrownBy(run: () => Promise<unknown>): Promise<unknown> {
  try {
    await run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('what JetStream refuses', () => {
  it('is told apart: another stream of the name, one that is gone, a second message of a subject, no room', async () => {
    const config = {
      name: 'one',
      subjects: ['one.*'],
      max_msgs_per_subject: 1,
      discard: DiscardPolicy.New,
      discard_new_per_subject: true,
    };
    await stream.manager.streams.add(config);
    const other = await thrownBy(() =>
      stream.manager.streams.add({ ...config, storage: StorageType.Memory }),
    );
    expect(natsError(other, server.url)).toMatchObject({ code: 'NATS_STREAM', where: server.url });
    const overlapping = await thrownBy(() => stream.manager.streams.add({ ...config, name: 'two' }));
    expect(natsError(overlapping, server.url).code).toBe('NATS_STREAM');

    const gone = await thrownBy(() => stream.manager.streams.info('nowhere'));
    expect(jetStreamCode(gone)).toBe(JETSTREAM.streamNotFound);
    expect(natsError(gone, server.url).message).toContain('is gone');
    const noConsumer = await thrownBy(() => stream.manager.consumers.info('one', 'nobody'));
    expect(jetStreamCode(noConsumer)).toBe(JETSTREAM.consumerNotFound);

    await stream.client.publish('one.a', 'first');
    const second = await thrownBy(() => stream.client.publish('one.a', 'second'));
    expect(jetStreamCode(second)).toBe(JETSTREAM.noRoomForMessage);
    expect(String(second)).toContain('maximum messages per subject exceeded');

    const early = await thrownBy(() => stream.client.publish('one.b', '', { expect: { lastSequence: 7 } }));
    expect(jetStreamCode(early)).toBe(JETSTREAM.wrongLastSequence);

    const full = await thrownBy(async () => {
      for (let k = 0; k < 20; k++) await stream.client.publish(`one.full-${k}`, new Uint8Array(60_000));
    });
    expect(natsError(full, server.url)).toMatchObject({ code: 'NATS_FULL', where: server.url });
    const mostStreams = await thrownBy(() =>
      stream.manager.streams.add({ name: 'three', subjects: ['three'], max_bytes: 1e9 }),
    );
    expect(natsError(mostStreams, server.url).code).toBe('NATS_FULL');
    await stream.manager.consumers.add('one', { durable_name: 'c', ack_policy: AckPolicy.None });
    const consumer = await thrownBy(() =>
      stream.manager.consumers.add('one', { durable_name: 'c', ack_policy: AckPolicy.Explicit }),
    );
    expect(natsError(consumer, server.url).code).toBe('NATS_STREAM');
  });

  it('passes where the server is gone for a while', async () => {
    await server.kill();
    const gone = await thrownBy(() => stream.client.publish('one.z', '', { timeout: 300, retries: 1 }));
    expect(isPassing(gone), String(gone)).toBe(true);
    expect(natsError(gone, server.url).code).toBe('NATS_UNREACHABLE');
    const isBack = new Promise<void>((resolve) => {
      onBack = resolve;
    });
    await server.restart();
    // What is asked before would be waited for in vain, for seconds.
    await isBack;
    await expect
      .poll(() =>
        stream.manager.streams.info('one').then(
          ({ state }) => state.messages,
          () => 0,
        ),
      )
      .toBeGreaterThan(0);
  });
});
