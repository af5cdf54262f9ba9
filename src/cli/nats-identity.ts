/** Options that say who asks a NATS server. What they leave out is taken from the environment, as the nats CLI does. */
import { type NatsSettings, natsSettings } from '../nats/nats-settings.js';

const option = (describe: string) => ({ type: 'string', requiresArg: true, describe }) as const;

export const natsIdentityOptions = {
  'nats-user': option('User of the NATS server; its password is best left to NATS_PASSWORD (NATS_USER)'),
  'nats-password': option('Password, which others on this machine can see as an option (NATS_PASSWORD)'),
  'nats-token': option('Token, which others on this machine can see as an option (NATS_TOKEN)'),
  'nats-nkey': option("File with the seed of a user's NKey (NATS_NKEY)"),
  'nats-creds': option('Credentials file (NATS_CREDS)'),
  'nats-ca': option("File with whoever signs the NATS server's certificate, PEM (NATS_CA)"),
  'nats-cert': option('File with the certificate of this client, PEM (NATS_CERT)'),
  'nats-key': option('File with its key, PEM (NATS_KEY)'),
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

export function settingsOf(args: NatsArguments): NatsSettings {
  const options = {
    ...{ url: args.nats, user: args.natsUser, password: args.natsPassword, token: args.natsToken },
    ...{ nkey: args.natsNkey, creds: args.natsCreds },
    ...{ ca: args.natsCa, cert: args.natsCert, key: args.natsKey },
  };
  return natsSettings(options, process.env);
}
