/** How commands come to the recordings in the object store of a NATS server. */
import type { RecordingArchive } from '../../record/archive/recording-archive.js';
import type { CommandContext } from '../command.js';
import { progressBar } from '../progress-bar.js';
import { type NatsArguments, settingsOf } from '../nats-identity.js';

/**
 * @param isMade as for `RecordingArchive.open`.
 * @param run is given null where the server has no recordings yet.
 * @throws BAD_ARGUMENT, FILE_NOT_FOUND, FILE_UNREADABLE; NATS_UNREACHABLE, NATS_REFUSED, NATS_NO_JETSTREAM; what `run` throws.
 */
export async function withArchive<T>(
  args: NatsArguments,
  isMade: boolean,
  run: (archive: RecordingArchive | null, shown: string) => Promise<T>,
): Promise<T> {
  // They take a while to load, and `--help` does not need them.
  const { connectNats } = await import('../../nats/connect-nats.js');
  const { RecordingArchive: Archive } = await import('../../record/archive/recording-archive.js');
  const nats = await connectNats(settingsOf(args), { name: 'beamloop recording' });
  try {
    return await run(await Archive.open(nats, isMade), nats.shown);
  } finally {
    await nats.close();
  }
}

/** Shows bytes as they go. */
export async function withProgress<T>(
  context: CommandContext,
  name: string,
  run: (progress: (numDone: number, numInAll: number) => void) => Promise<T>,
): Promise<T> {
  const bar = progressBar(context);
  try {
    return await run((numDone, numInAll) => bar.show(name, numDone, Math.max(1, numInAll)));
  } finally {
    bar.stop();
  }
}

export function megabytes(numBytes: number): string {
  return `${(numBytes / 1e6).toFixed(1)} MB`;
}
