/** Worker thread that draws windows: is told which, answers with them. */
import { parentPort, workerData } from 'node:worker_threads';
import { createEvaluator } from '../../../channel/evaluator.js';
import { codebookOf, type ModelFile } from '../model-file.js';
import { drawWindows, type WindowRun } from './draw-window.js';

const model = workerData as ModelFile;
const codebook = codebookOf(model);
const evaluator = createEvaluator(codebook);
const port = parentPort!;
port.on('message', (run: WindowRun) => {
  const set = drawWindows(model, codebook, evaluator, run);
  const buffers = [set.best, set.known, set.sensed, set.amplitudes, set.paths].map(({ buffer }) => buffer);
  port.postMessage(set, buffers as ArrayBuffer[]);
});
