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

/** Tells the parent what went wrong and ends the process. */
export function fail(error: unknown): never {
  const known = error instanceof BeamloopError ? error : undefined;
  const failure: FailureReport = {
    type: 'failed',
    what: known?.what ?? (error as Error).stack ?? String(error),
    ...(known?.where !== undefined && { where: known.where }),
    ...(known?.todo !== undefined && { todo: known.todo }),
  };
  tellParent(failure);
  process.exit(1);
}
