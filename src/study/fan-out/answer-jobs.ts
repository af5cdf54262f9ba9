/** The worker's side of `threadExecutor`: gets jobs, answers with their results. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Simulation, Simulator } from './executor.js';
import type { UserJob } from './user-job.js';

/** @param simulatorOf finds the simulator by the simulation's kind. */
export function answerJobs(simulatorOf: (simulation: Simulation) => Simulator): void {
  const simulator = simulatorOf(workerData as Simulation);
  parentPort!.on('message', (job: UserJob) => parentPort!.postMessage(simulator.run(job)));
}
