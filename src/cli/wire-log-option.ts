/** `--wire-log FILE` of the commands that talk to a board. */
import { WireLog } from '../../drivers/wire/wire-log.js';
import { type CommandContext, warn } from './command.js';

export const wireLogOption = {
  'wire-log': {
    global: false,
    type: 'string',
    requiresArg: true,
    describe:
      'Write every frame of the line with its time to this file (pcapng): for beamloop wire, and Wireshark',
  },
} as const;

/** Runs what talks to a board, with a log of the line where a file is named. What becomes of the log is told, and changes nothing else. */
export async function withWireLog<T>(
  context: CommandContext,
  file: string | undefined,
  run: (log: WireLog | undefined) => Promise<T>,
): Promise<T> {
  if (file === undefined) return run(undefined);
  const log = new WireLog(file);
  try {
    return await run(log);
  } finally {
    const { packets, dropped, failure } = await log.close();
    if (failure !== null) {
      warn(context, [`the wire log ${file} ends after some of ${packets} frames: ${failure.message}`]);
    }
    if (dropped > 0)
      warn(context, [`${dropped} frames are not in the wire log ${file}: the disk was too slow`]);
  }
}
