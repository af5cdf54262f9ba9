/** How a calibration is shown: progress on standard error, what came of it on standard output. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CalibrationOutcome } from '../campaign/calibration/calibration-outcome.js';
import { calibrationSummary } from '../campaign/calibration/calibration-summary.js';
import type { Progress } from '../campaign/campaign-parts.js';
import { writing } from '../core/writing.js';
import { campaignProgress, reportOf } from './campaign-output.js';
import { type CommandContext, printJson, warn } from './command.js';
import { writeHeaded } from './text-table.js';

const HEAD_COLUMNS = 20;

/** As of a campaign; UEs are heard by, and not trained. */
export function calibrationProgress(context: CommandContext, json: boolean): Progress {
  const { finished: _, ...progress } = campaignProgress(context, json);
  return { ...progress, finished: () => {} };
}

/**
 * Writes the table, and the report unless that is not wanted, and prints what came of it.
 *
 * @param out file of the table; null: beside the recording.
 * @throws FILE_UNWRITABLE.
 */
export async function concludeCalibration(
  context: CommandContext,
  json: boolean,
  outcome: CalibrationOutcome,
  { out, report }: { readonly out: string | null; readonly report: boolean },
): Promise<void> {
  const file = out ?? path.join(outcome.folder, 'calibration.yaml');
  await writing('The calibration table', file, () => writeFile(file, outcome.table));
  const page = report ? await reportOf(outcome.folder, context.signal) : null;
  const { stdout } = context;
  if (json) {
    const { table: _, ...rest } = outcome;
    printJson(stdout, { ...rest, table: file, report: page });
    return;
  }
  warn(context, outcome.warnings);
  writeHeaded(context, calibrationSummary(outcome), HEAD_COLUMNS);
  stdout.write('\n');
  stdout.write(`Table: ${file}\n`);
  stdout.write(`Recording: ${outcome.folder}\n`);
  if (page !== null) stdout.write(`Report: ${page}\n`);
}
