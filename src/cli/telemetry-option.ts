/** `--nats` of commands that carry out a run: what it does is published on a NATS server. */

import type { Published } from '../live/show-run.js';
import { KINDS, type TelemetryCounts } from '../live/telemetry/subjects.js';
import { TelemetryLink } from '../live/telemetry/telemetry-link.js';
import { natsSettings } from '../nats/nats-settings.js';
import { type CommandContext, warn } from './command.js';

const option = (describe: string) => ({ type: 'string', requiresArg: true, describe }) as const;

/** Who asks; what they leave out is taken from the environment, as the nats CLI does. */
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

export const telemetryOptions = {
  nats: option('Publish what the run does on this NATS server: nats://HOST:4222, or tls://HOST:4222'),
  ...natsIdentityOptions,
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

export function settingsOf(args: NatsArguments) {
  const options = {
    ...{ url: args.nats, user: args.natsUser, password: args.natsPassword, token: args.natsToken },
    ...{ nkey: args.natsNkey, creds: args.natsCreds },
    ...{ ca: args.natsCa, cert: args.natsCert, key: args.natsKey },
  };
  return natsSettings(options, process.env);
}

/** Whom the runs of a command are published through, and what became of the last one. */
export interface Telemetry extends Published {
  /** Of the run that ended last; null before. */
  readonly counts: () => TelemetryCounts | null;
}

/**
 * Carries out a command with the connection that `--nats` names, and closes it; with null where none is named.
 *
 * @throws what `TelemetryLink.open` and `run` throw.
 */
export async function withTelemetry<T>(
  context: CommandContext,
  args: NatsArguments & { readonly json: boolean },
  run: (telemetry: Telemetry | null) => Promise<T>,
): Promise<T> {
  if (args.nats === undefined) return run(null);
  let isTold = false;
  const link = await TelemetryLink.open(settingsOf(args), {
    gone: (shown) => {
      // A server that comes and goes is told of once; how often it went is among the counts.
      if (!isTold)
        warn(context, [
          `the NATS server ${shown} is gone: the run goes on, and what it does is not published until it is back`,
        ]);
      isTold = true;
    },
    back: () => {},
    refused: ({ what, where, todo }) =>
      warn(context, [`${what} (${where}): what the run does is not published as a whole. ${todo}`]),
  });
  let last: TelemetryCounts | null = null;
  try {
    return await run({
      link,
      ended: (counts) => {
        last = counts;
        tellCounts(context, args.json, counts);
      },
      counts: () => last,
    });
  } finally {
    await link.close();
  }
}

/** An outcome as it is printed with `--json`: with what became of its telemetry where it was published. */
export function withCounts<T extends object>(outcome: T, telemetry: Telemetry | null): T {
  return telemetry === null ? outcome : { ...outcome, telemetry: telemetry.counts() };
}

function tellCounts(context: CommandContext, json: boolean, counts: TelemetryCounts): void {
  if (json) {
    context.stderr.write(`${JSON.stringify({ event: 'telemetry', wallTime: new Date(), ...counts })}\n`);
    return;
  }
  const text = countsText(counts);
  if (isWhole(counts)) context.stderr.write(`${text}\n`);
  else warn(context, [text]);
}

function isWhole(counts: TelemetryCounts): boolean {
  return KINDS.every((kind) => counts[kind].sent === counts[kind].made);
}

/** `Published: 780 of 780 slots, …`; what was lost is told by how. */
function countsText(counts: TelemetryCounts): string {
  const parts = KINDS.map((kind) => {
    const { made, sent, unconfirmed, dropped } = counts[kind];
    const lost = [
      ...(dropped > 0 ? [`${dropped} dropped`] : []),
      ...(unconfirmed > 0 ? [`${unconfirmed} under way when the server went away`] : []),
    ];
    return `${sent} of ${made} ${kind}${lost.length === 0 ? '' : ` (${lost.join(', ')})`}`;
  });
  const outages = counts.numOutages === 0 ? '' : `; the server was gone ${counts.numOutages} times`;
  return `Published: ${parts.join(', ')}${outages}`;
}
