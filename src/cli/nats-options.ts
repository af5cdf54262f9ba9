/** Options that say which NATS server, and who asks. What they leave out is taken from the environment, as the nats CLI does. */
import { connectNats } from '../nats/connect-nats.js';
import { openJetStream } from '../nats/jetstream.js';
import { natsSettings } from '../nats/nats-settings.js';
import type { Server } from '../study/cluster/study-streams.js';
import { type CommandContext, warn } from './command.js';

const file = (describe: string) => ({ type: 'string', requiresArg: true, describe }) as const;

export const natsOptions = {
  nats: file('NATS server with JetStream: nats://HOST:4222, or tls://HOST:4222 (NATS_URL)'),
  'nats-user': file('User; its password is best left to NATS_PASSWORD (NATS_USER)'),
  'nats-password': file('Password, which others on this machine can see as an option (NATS_PASSWORD)'),
  'nats-token': file('Token, which others on this machine can see as an option (NATS_TOKEN)'),
  'nats-nkey': file("File with the seed of a user's NKey (NATS_NKEY)"),
  'nats-creds': file('Credentials file (NATS_CREDS)'),
  'nats-ca': file("File with whoever signs the server's certificate, PEM (NATS_CA)"),
  'nats-cert': file('File with the certificate of this client, PEM (NATS_CERT)'),
  'nats-key': file('File with its key, PEM (NATS_KEY)'),
} as const;

/** As yargs parses them. */
export interface NatsArguments {
  readonly nats: string | undefined;
  readonly natsUser: string | undefined;
  readonly natsPassword: string | undefined;
  readonly natsToken: string | undefined;
  readonly natsNkey: string | undefined;
  readonly natsCreds: string | undefined;
  readonly natsCa: string | undefined;
  readonly natsCert: string | undefined;
  readonly natsKey: string | undefined;
}

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
  const options = {
    ...{ url: args.nats, user: args.natsUser, password: args.natsPassword, token: args.natsToken },
    ...{ nkey: args.natsNkey, creds: args.natsCreds },
    ...{ ca: args.natsCa, cert: args.natsCert, key: args.natsKey },
  };
  const nats = await connectNats(natsSettings(options, process.env), {
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
