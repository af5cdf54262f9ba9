/** Worker thread of an accuracy study: gets jobs, answers with their results. */
import { parentPort, workerData } from 'node:worker_threads';
import type { AccuracyStudy } from './accuracy-file.js';
import { Simulator, type UserJob } from './simulator.js';

export interface WorkerSetup {
  readonly study: AccuracyStudy;
  readonly traced: boolean;
}

const { study, traced } = workerData as WorkerSetup;
const simulator = new Simulator(study, traced);
parentPort!.on('message', (job: UserJob) => parentPort!.postMessage(simulator.run(job)));
