/** `--nats` of commands that carry out a run: what it does is published on a NATS server. */

import type { Published } from '../live/show-run.js';
import { KINDS, type TelemetryCounts } from '../live/telemetry/subjects.js';
import { TelemetryLink } from '../live/telemetry/telemetry-link.js';
import { type CommandContext, warn } from './command.js';
import { type NatsArguments, natsIdentityOptions, settingsOf } from './nats-identity.js';

export const telemetryOptions = {
  nats: {
    type: 'string',
    requiresArg: true,
    describe: 'Publish what the run does on this NATS server: nats://HOST:4222, or tls://HOST:4222',
  },
  ...natsIdentityOptions,
} as const;

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
