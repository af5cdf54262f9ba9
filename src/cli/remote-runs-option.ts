/** `--nats` of commands that follow runs of other hosts. */
import type { RemoteRuns } from '../live/remote/remote-runs.js';
import { type CommandContext, warn } from './command.js';
import { type NatsArguments, natsIdentityOptions, settingsOf } from './nats-identity.js';

export const remoteRunsOptions = {
  nats: {
    type: 'string',
    requiresArg: true,
    describe: 'Runs that other hosts publish on this NATS server: nats://HOST:4222, or tls://HOST:4222',
  },
  ...natsIdentityOptions,
} as const;

/** @throws BAD_ARGUMENT, FILE_NOT_FOUND, FILE_UNREADABLE; NATS_UNREACHABLE; NATS_REFUSED. */
export async function openRemoteRuns(context: CommandContext, args: NatsArguments): Promise<RemoteRuns> {
  // They take a while to load, and `--help` does not need them.
  const { connectNats } = await import('../nats/connect-nats.js');
  const remote = await import('../live/remote/remote-runs.js');
  let runs: RemoteRuns | null = null;
  const nats = await connectNats(settingsOf(args), {
    name: 'beamloop watch',
    onState: (state, shown) => {
      warn(context, [
        state === 'gone'
          ? `the NATS server ${shown} is gone; it is waited for`
          : `the NATS server ${shown} is back`,
      ]);
      runs?.server(state);
    },
  });
  runs = new remote.RemoteRuns(nats);
  return runs;
}
