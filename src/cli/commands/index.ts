import type { Command } from '../command.js';
import { codebookCommand } from './codebook.js';
import { reportCommand } from './report.js';
import { studyCommand } from './study.js';

/** Every command of the command line, in the order in which `--help` lists them. */
export const commands: readonly Command[] = [reportCommand, codebookCommand, studyCommand];
