/** Draws windows in threads. Each is drawn from its own streams: the number of threads changes nothing. */
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { createEvaluator } from '../../../channel/evaluator.js';
import { codebookOf, type ModelFile } from '../model-file.js';
import { drawWindows, type WindowRun } from './draw-window.js';
import { emptyWindows, placeWindows, type WindowSet } from './window-set.js';

export interface DrawOptions {
  readonly numThreads: number;
  readonly signal?: AbortSignal | undefined;
  /** Called with the windows drawn so far. */
  readonly onProgress?: ((numDone: number) => void) | undefined;
}

const WINDOWS_PER_RUN = 20;

/** @throws the signal's reason. */
export async function drawInThreads(
  model: ModelFile,
  whole: WindowRun,
  { numThreads, signal, onProgress }: DrawOptions,
): Promise<WindowSet> {
  const all = emptyWindows({
    numWindows: whole.numWindows,
    numSlots: model.slots,
    numUsers: model.users.count,
    numPaths: 1 + model.channel.scatterers,
  });
  let next = 0;
  let numDone = 0;
  const take = (): WindowRun | null => {
    if (next >= whole.numWindows) return null;
    const numWindows = Math.min(WINDOWS_PER_RUN, whole.numWindows - next);
    const run = { ...whole, firstWindow: whole.firstWindow + next, numWindows };
    next += numWindows;
    return run;
  };
  const finish = (run: WindowRun, part: WindowSet) => {
    placeWindows(all, part, run.firstWindow - whole.firstWindow);
    numDone += run.numWindows;
    onProgress?.(numDone);
  };
  const threads = Math.min(numThreads, Math.ceil(whole.numWindows / WINDOWS_PER_RUN));
  if (threads <= 1) {
    await drawHere(model, take, finish, signal);
    return all;
  }
  const workers = Array.from(
    { length: threads },
    // Options of the program, such as --input-type, are not for this file.
    () => new Worker(new URL('./window-worker.js', import.meta.url), { workerData: model, execArgv: [] }),
  );
  try {
    await Promise.all(workers.map((worker) => drawThere(worker, take, finish, signal)));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return all;
}

async function drawHere(
  model: ModelFile,
  take: () => WindowRun | null,
  finish: (run: WindowRun, part: WindowSet) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const codebook = codebookOf(model);
  const evaluator = createEvaluator(codebook);
  for (let run = take(); run !== null; run = take()) {
    signal?.throwIfAborted();
    finish(run, drawWindows(model, codebook, evaluator, run));
    await setImmediate();
  }
}

function drawThere(
  worker: Worker,
  take: () => WindowRun | null,
  finish: (run: WindowRun, part: WindowSet) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    let current = take();
    const next = () => {
      if (current === null) {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      } else worker.postMessage(current);
    };
    worker.on('message', (part: WindowSet) => {
      finish(current!, part);
      current = take();
      next();
    });
    worker.on('error', reject);
    if (signal?.aborted) onAbort();
    else next();
  });
}
