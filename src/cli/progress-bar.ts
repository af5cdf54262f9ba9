import { SingleBar } from 'cli-progress';
import type { CommandContext } from './command.js';

/** A bar where standard error is a terminal, nothing elsewhere; gone when it is stopped. */
export function progressBar({ stderr, terminal }: CommandContext) {
  const bar = new SingleBar({
    stream: terminal ?? stderr,
    format: '{bar} {percentage} % | {what} | {eta_formatted} left',
    hideCursor: true,
    clearOnComplete: true,
  });
  let started = false;
  return {
    show: (what: string, numDone: number, numInAll: number) => {
      if (!started) bar.start(numInAll, 0, { what });
      started = true;
      bar.update(numDone, { what });
    },
    stop: () => bar.stop(),
  };
}
