/** Options that say which NATS server, and who asks. What they leave out is taken from the environment, as the nats CLI does. */
import type { Server } from '../fan-out/cluster/study-streams.js';
import { type CommandContext, warn } from './command.js';
import { type NatsArguments, natsIdentityOptions, settingsOf } from './nats-identity.js';

export const natsOptions = {
  nats: {
    type: 'string',
    requiresArg: true,
    describe: 'NATS server with JetStream: nats://HOST:4222, or tls://HOST:4222 (NATS_URL)',
  },
  ...natsIdentityOptions,
} as const;

/**
 * Connects, and tells when the server is gone for a while.
 *
 * @param name as the server's administrator sees it.
 * @throws BAD_ARGUMENT, FILE_NOT_FOUND, FILE_UNREADABLE; NATS_UNREACHABLE, NATS_REFUSED, NATS_NO_JETSTREAM.
 */
export async function openServer(
  args: NatsArguments,
  context: Pick<CommandContext, 'stderr' | 'log'>,
  name: string,
): Promise<Server> {
  // They take a while to load, and most commands do without.
  const { connectNats } = await import('../nats/connect-nats.js');
  const { openJetStream } = await import('../nats/jetstream.js');
  const nats = await connectNats(settingsOf(args), {
    name,
    onState: (state, shown) => {
      if (state === 'gone') warn(context, [`The NATS server ${shown} is gone; it is waited for`]);
      else warn(context, [`The NATS server ${shown} is back`]);
    },
  });
  try {
    return { nats, jetStream: await openJetStream(nats) };
  } catch (error) {
    await nats.close();
    throw error;
  }
}
