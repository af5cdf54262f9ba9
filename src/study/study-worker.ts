/** Worker thread of a study of any kind. */
import { answerJobs } from './fan-out/answer-jobs.js';
import { simulatorOf } from './study-kinds.js';

answerJobs(simulatorOf);
