/** Several runs of one scenario: each with its settings, and a table of what came of them. */

import type { CampaignOutcome } from '../campaign/outcome.js';
import { BeamloopError, EXIT } from '../core/errors.js';
import { plural } from '../core/plural.js';
import { shellWord } from '../core/shell-word.js';
import { type Settings, settingsText } from '../scenario/sweep.js';
import { type CommandContext, printJson } from './command.js';
import { formatTable } from './text-table.js';

export interface FinishedRun {
  readonly settings: Settings;
  readonly outcome: CampaignOutcome;
  /** Null when none was written. */
  readonly report: string | null;
}

/** `run 3 of 10: channel.snr=15 dB, seed=7`. */
export function announceRun(
  { stderr }: CommandContext,
  json: boolean,
  run: number,
  numRuns: number,
  settings: Settings,
): void {
  if (json)
    stderr.write(`${JSON.stringify({ event: 'run', wallTime: new Date(), run, numRuns, settings })}\n`);
  else stderr.write(`run ${run} of ${numRuns}: ${settingsText(settings)}\n`);
}

/** Prints what came of all runs; users that were not found make the exit code 6. */
export function concludeSweep({ stdout }: CommandContext, json: boolean, runs: readonly FinishedRun[]): void {
  const incomplete = runs.filter(({ outcome }) => outcome.users.some(({ estimate }) => estimate === null));
  if (json) {
    printJson(stdout, {
      runs: runs.map(({ settings, outcome, report }) => ({ settings, ...outcome, report })),
    });
    if (incomplete.length > 0) process.exitCode = EXIT.incomplete;
    return;
  }
  stdout.write(`\n${sweepTable(runs)}\n`);
  stdout.write(
    `Together: beamloop export ${runs.map(({ outcome }) => shellWord(outcome.folder)).join(' ')} --csv --out <folder>\n`,
  );
  if (incomplete.length === 0) return;
  throw new BeamloopError('CAMPAIGN_INCOMPLETE', {
    what: `${incomplete.length} of ${plural(runs.length, 'run')} ended without an estimate for every user`,
    where: incomplete.map(({ outcome }) => shellWord(outcome.folder)).join(', '),
    todo: 'Their reports say why; go on with each by beamloop resume <folder>',
  });
}

function sweepTable(runs: readonly FinishedRun[]): string {
  const keys = Object.keys(runs[0]!.settings);
  const wideband = runs.some(({ outcome }) => outcome.wideband !== null);
  const columns = [
    ...keys.map((title) => ({ title, align: 'left' as const })),
    { title: 'found', align: 'right' as const },
    wideband
      ? { title: 'rate (bit/s/Hz)', align: 'right' as const }
      : { title: 'best codeword', align: 'right' as const },
    { title: 'recording', align: 'left' as const },
  ];
  const rows = runs.map(({ settings, outcome }) => {
    const { users, wideband: rates } = outcome;
    const found = users.filter(({ estimate }) => estimate !== null);
    const judged = users.filter(({ match }) => match !== null);
    const matched = judged.filter(({ match }) => match === true).length;
    return [
      ...keys.map((key) => settings[key] ?? ''),
      `${found.length} of ${users.length}`,
      wideband
        ? (rates?.meanRate.toFixed(3) ?? '-')
        : judged.length === 0
          ? '-'
          : `${matched} of ${judged.length}`,
      outcome.folder,
    ];
  });
  return formatTable({ columns, rows });
}
