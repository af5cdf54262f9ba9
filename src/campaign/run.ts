/** A run from scenario to closed recording, fresh or resumed. */
import path from 'node:path';
import { Recording } from '../record/recording.js';
import { prepare } from '../scenario/plan.js';
import type { ScenarioFile } from '../scenario/scenario.js';
import { runCampaign } from './campaign.js';
import type { Progress } from './campaign-parts.js';
import { conduct, type RunOptions, SILENT, type UeMemory } from './conduct.js';
import { type CampaignOutcome, outcomeOf } from './outcome.js';
import type { ParseScenario } from './recorded-scenario.js';
import { beginRecording, inNewFolder, onRecording } from './run-recording.js';
import { requireTracker } from './tracking/require-tracker.js';

/**
 * Runs a scenario into a new recording.
 *
 * @param out its folder; null: one of its own in `recordings`.
 * @throws RECORDING_EXISTS, PLAN_REFUSED, the errors of board and bridge, or the signal's reason.
 */
export function startRun<E>(
  file: ScenarioFile<E>,
  out: string | null,
  options: RunOptions<E>,
): Promise<CampaignOutcome> {
  return inNewFolder(file.name, out, (folder) => {
    const run = path.basename(path.resolve(folder));
    const memory = { run, durable: new Map(), kept: new Map() };
    return conductCampaign(file, options, memory, () => beginRecording(folder, file, run));
  });
}

/**
 * Goes on with the recording in `folder`: what it holds is not measured again. Where nothing is left to do, no board is
 * touched and nothing is written.
 *
 * @param parse as for `recordedScenario`.
 * @throws what `Recording.open` throws, and what `startRun` throws.
 */
export async function resumeRun<E>(
  folder: string,
  parse: ParseScenario<E>,
  options: RunOptions<E>,
): Promise<CampaignOutcome> {
  const { progress = SILENT } = options;
  const finished = await finishedOutcome(folder, progress);
  if (finished !== null) return finished;
  return onRecording(folder, parse, progress, ({ recording, file, memory }) =>
    conductCampaign(file, options, memory, async () => {
      recording.event('resumed');
      return recording;
    }),
  );
}

/** What came out of a run that found every user, or tracked them to the end; null of any other. */
async function finishedOutcome(folder: string, progress: Progress): Promise<CampaignOutcome | null> {
  const recording = await Recording.open(folder, 'read');
  try {
    const [count] = await recording.query(
      `SELECT (SELECT count(*) FROM users) AS users,
              (SELECT count(*) FROM users SEMI JOIN estimates USING (ue)) AS found,
              (SELECT count(*) FROM epochs) AS epochs,
              (SELECT count(*) FROM events WHERE kind = 'finished') AS ends`,
    );
    // Who tracks goes on looking for users until the last epoch, and not after it.
    const isDone = count!.users === count!.found || Number(count!.epochs) > 0;
    const isFinished = Number(count!.ends) > 0 && Number(count!.users) > 0 && isDone;
    if (!isFinished) return null;
    for (const warning of recording.warnings) progress.warning(warning);
    return await outcomeOf(recording);
  } finally {
    await recording.close();
  }
}

async function conductCampaign<E>(
  file: ScenarioFile<E>,
  options: RunOptions<E>,
  memory: UeMemory & { readonly run: string },
  openRecording: () => Promise<Recording>,
): Promise<CampaignOutcome> {
  const { scenario } = file;
  const preparation = prepare(scenario);
  // Before a board waits for it.
  preparation.best();
  await requireTracker(scenario, preparation.users.length);
  return conduct({ file, preparation }, options, memory, openRecording, runCampaign);
}
