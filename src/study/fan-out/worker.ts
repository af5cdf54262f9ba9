/** Worker thread of a study: gets jobs, answers with their results. */
import { parentPort, workerData } from 'node:worker_threads';
import { createSimulator, type Simulation } from './simulation.js';
import type { UserJob } from './user-job.js';

const simulator = createSimulator(workerData as Simulation);
parentPort!.on('message', (job: UserJob) => parentPort!.postMessage(simulator.run(job)));
