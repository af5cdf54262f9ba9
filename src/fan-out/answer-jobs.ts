/** The thread's side of `JobThread`: gets jobs, answers with their results. */
import { parentPort, workerData } from 'node:worker_threads';
import { BeamloopError } from '../core/errors.js';
import { failureOf } from '../core/failure.js';
import type { Simulation, Simulator } from './executor.js';
import type { JobAnswer, WorkerData } from './job-thread.js';
import type { UserJob } from './user-job.js';

/**
 * @param loadPlugin loads the plugin of a file.
 * @param simulatorOf finds the simulator by the simulation's kind.
 */
export async function answerJobs(
  loadPlugin: (file: string) => Promise<unknown>,
  simulatorOf: (simulation: Simulation) => Simulator,
): Promise<void> {
  const { simulation, plugins } = workerData as WorkerData;
  for (const file of plugins) await loadPlugin(file);
  const simulator = simulatorOf(simulation);
  const answer = (said: JobAnswer) => parentPort!.postMessage(said);
  parentPort!.on('message', async (job: UserJob) => answer(await answerTo(simulator, job, answer)));
}

async function answerTo(
  simulator: Simulator,
  job: UserJob,
  answer: (said: JobAnswer) => void,
): Promise<JobAnswer> {
  try {
    // Whoever waits ends this thread to stop it.
    return { result: await simulator.run(job, { onPart: (numUsersDone) => answer({ numUsersDone }) }) };
  } catch (error) {
    if (!(error instanceof BeamloopError)) throw error;
    return { failure: failureOf(error) };
  }
}
