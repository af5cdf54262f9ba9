import { once } from 'node:events';

/** Writes that wait while the reader is slow: what is printed may be longer than memory or the longest string. */
export function drainedWrite(stdout: NodeJS.WritableStream): (text: string) => Promise<void> {
  return async (text) => {
    if (!stdout.write(text)) await once(stdout, 'drain');
  };
}
