import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { CommandContext } from './command.js';

/** Writes that wait while the reader is slow: what is printed may be longer than memory or the longest string. */
export function drainedWrite(context: CommandContext): (text: string) => Promise<void> {
  const { stdout, signal } = context;
  return async (text) => {
    // Aborted, it rejects with an error of its own; `breathe` then throws the reason.
    if (!stdout.write(text)) await once(stdout, 'drain', { signal }).catch(() => {});
    await breathe(context);
  };
}

/** Between the parts of a long computation: Ctrl-C would not be heard otherwise. Throws the signal's reason. */
export async function breathe({ signal }: CommandContext): Promise<void> {
  await setImmediate();
  signal.throwIfAborted();
}
