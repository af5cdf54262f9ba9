/** Worker thread that does the jobs of any study, and draws data of any learned tracker. */

import { answerJobs } from '../fan-out/answer-jobs.js';
import { loadPlugin } from '../training/plugins/plugin-file.js';
import { simulatorOf } from './simulators.js';

await answerJobs(loadPlugin, simulatorOf);
