/** What the emulation's processes tell the process that forked them, over its IPC channel. */
import { BeamloopError } from '../../src/core/errors.js';

/** A process that cannot go on, in the parts of an error that its parent raises again. */
export interface FailureReport {
  readonly type: 'failed';
  readonly what: string;
  readonly where?: string;
  readonly todo?: string;
}

/** Sends a message; a parent that is gone hears nothing. */
export function tellParent(message: { readonly type: string }): void {
  if (process.connected) process.send?.(message);
}

/**
 * Makes this process one of an emulated board: it ends with its parent, and hears of nothing else.
 *
 * @param onCommand what the parent sends.
 * @param hint what whoever started it by hand is told beside.
 */
export function serveParent<C>(onCommand: (command: C) => void, hint = ''): void {
  if (process.send === undefined) {
    process.stderr.write(`This is a part of beamloop that it starts itself${hint}\n`);
    process.exit(2);
  }
  process.on('disconnect', () => process.exit(0));
  process.on('SIGTERM', () => process.exit(0));
  // Ctrl-C reaches every process of the terminal; this one must outlive the controller, which still has to mute it.
  process.on('SIGINT', () => {});
  process.on('SIGHUP', () => {});
  process.on('uncaughtException', fail);
  process.on('message', onCommand);
}

/** Tells the parent what went wrong and ends the process. */
export function fail(error: unknown): never {
  tellParent(failureReport(error));
  process.exit(1);
}

export function failureReport(error: unknown): FailureReport {
  const known = error instanceof BeamloopError ? error : undefined;
  return {
    type: 'failed',
    what: known?.what ?? (error as Error).stack ?? String(error),
    ...(known?.where !== undefined && { where: known.where }),
    ...(known?.todo !== undefined && { todo: known.todo }),
  };
}
