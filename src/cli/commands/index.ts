import type { Command } from '../command.js';
import { boardCommand } from './board.js';
import { codebookCommand } from './codebook.js';
import { emulateBoardCommand } from './emulate-board.js';
import { exportCommand } from './export.js';
import { portsCommand } from './ports.js';
import { replayCommand } from './replay.js';
import { reportCommand } from './report.js';
import { resumeCommand } from './resume.js';
import { runCommand } from './run.js';
import { studyCommand } from './study.js';

/** Every command of the command line, in the order in which `--help` lists them. */
export const commands: readonly Command[] = [
  runCommand,
  resumeCommand,
  replayCommand,
  reportCommand,
  exportCommand,
  codebookCommand,
  studyCommand,
  portsCommand,
  boardCommand,
  emulateBoardCommand,
];
