/** Worker thread of a study of any kind. */

import { answerJobs } from '../fan-out/answer-jobs.js';
import { loadPlugin } from '../training/plugins/plugin-file.js';
import { simulatorOf } from './study-kinds.js';

await answerJobs(loadPlugin, simulatorOf);
