/** Worker thread of a study: gets jobs, answers with their results. */
import { parentPort, workerData } from 'node:worker_threads';
import { BeamloopError } from '../../core/errors.js';
import { loadPlugin, type PluginFile } from '../../training/plugins/plugin-file.js';
import { createSimulator, type Simulation } from './simulation.js';
import type { JobAnswer } from './threads.js';
import type { UserJob } from './user-job.js';

const { simulation, plugins } = workerData as { simulation: Simulation; plugins: readonly PluginFile[] };
for (const { file } of plugins) await loadPlugin(file);
const simulator = createSimulator(simulation);
parentPort!.on('message', (job: UserJob) => parentPort!.postMessage(answerTo(job)));

function answerTo(job: UserJob): JobAnswer {
  try {
    return { result: simulator.run(job) };
  } catch (error) {
    if (!(error instanceof BeamloopError)) throw error;
    const { code, what, where, todo } = error;
    return {
      failure: { code, what, ...(where !== undefined && { where }), ...(todo !== undefined && { todo }) },
    };
  }
}
