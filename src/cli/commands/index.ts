import type { Command } from '../command.js';
import { codebookCommand } from './codebook.js';
import { studyCommand } from './study.js';

/** Every command of the command line, in the order in which `--help` lists them. */
export const commands: readonly Command[] = [codebookCommand, studyCommand];
