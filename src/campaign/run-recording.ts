/** The recording of a run: a folder of its own, what it begins with, and how a run goes on with one. */
import { mkdir, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { VERSION } from '../core/version.js';
import { makeFolder, writing } from '../core/writing.js';
import { Recording } from '../record/recording.js';
import type { ScenarioFile } from '../scenario/scenario.js';
import { pluginOf } from '../training/plugins/plugin-file.js';
import type { Progress } from './campaign-parts.js';
import type { UeMemory } from './conduct.js';
import { loadRecordedPlugin } from './recorded-plugin.js';
import { type ParseScenario, recordedScenario } from './recorded-scenario.js';
import { durableReadings } from './tracking/sensor-readings.js';

/**
 * Has a run begun in a folder of its own, which is gone again where nothing came of it.
 *
 * @param out the folder; null: one in `recordings` that is named after the scenario.
 * @throws RECORDING_EXISTS; what `begin` throws.
 */
export async function inNewFolder<Result>(
  scenarioName: string,
  out: string | null,
  begin: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = out ?? (await claimFolder(scenarioName, new Date()));
  try {
    // Before a port is touched: a folder that is taken is the user's mistake.
    Recording.requireFree(folder);
    return await begin(folder);
  } catch (error) {
    // What was claimed for nothing; a folder with a recording in it is not empty and stays.
    if (out === null) await rmdir(folder).catch(() => {});
    throw error;
  }
}

/**
 * A new recording of a run, with all that it takes to go on with it.
 *
 * @param run names it to the UEs.
 * @throws what `Recording.create` throws.
 */
export async function beginRecording(folder: string, file: ScenarioFile, run: string): Promise<Recording> {
  const plugin = pluginOf(file.scenario.scheme.name);
  const recording = await Recording.create(folder, {
    scenarioName: file.name,
    scenarioText: file.text,
    calibrationText: file.calibration?.text ?? null,
    ...(file.motionTexts !== undefined && { motionTexts: file.motionTexts }),
    scenario: file.scenario,
    seed: file.scenario.seed,
    ...(file.settings !== undefined && { settings: file.settings }),
    ...(plugin !== null && { plugin: { file: plugin.file, sha256: plugin.sha256 } }),
    versions: { beamloop: VERSION, node: process.versions.node },
  });
  recording.event('started', { run });
  return recording;
}

export interface RunToGoOn<E> {
  readonly recording: Recording;
  readonly file: ScenarioFile<E>;
  readonly memory: UeMemory & { readonly run: string };
}

/**
 * Has `goOn` done with a recording that is open for writing, and closes it.
 *
 * @param parse as for `recordedScenario`.
 * @throws what `Recording.open` and `goOn` throw.
 */
export async function onRecording<E, Result>(
  folder: string,
  parse: ParseScenario<E>,
  progress: Progress,
  goOn: (run: RunToGoOn<E>) => Promise<Result>,
): Promise<Result> {
  const recording = await Recording.open(folder, 'write');
  for (const warning of recording.warnings) progress.warning(warning);
  try {
    const changed = await loadRecordedPlugin(recording);
    if (changed !== null) {
      progress.warning(changed.text);
      recording.event('plugin changed', changed.detail);
    }
    const file = await recordedScenario(recording, parse, (text) => progress.warning(text));
    const [started] = await recording.rows('events', `WHERE kind = 'started'`);
    const { run = path.basename(path.resolve(folder)) } = (started?.detail ?? {}) as { run?: string };
    return await goOn({ recording, file, memory: { run, ...(await ueMemory(recording, file)) } });
  } finally {
    await recording.close();
  }
}

/** What the UEs of a run that goes on need not send again, and of which slots they send the mean. */
async function ueMemory(recording: Recording, { scenario }: ScenarioFile): Promise<UeMemory> {
  const last = await recording.query('SELECT ue, max(sequence) AS sequence FROM powers GROUP BY ue');
  const durable = new Map(last.map(({ ue, sequence }) => [String(ue), Number(sequence)]));
  const kept = new Map<string, number[]>();
  const readings = { durableReadings: await durableReadings(recording) };
  if (scenario.bridge.feedback === 'powers') return { durable, kept, ...readings };
  for (const { ue, slot } of await recording.rows('slots')) {
    const slots = kept.get(ue);
    if (slots === undefined) kept.set(ue, [slot]);
    else slots.push(slot);
  }
  return { durable, kept, ...readings };
}

/**
 * Makes `recordings/first-light-20261121T120000Z`; a number is added when that is taken. Whoever made it has it: two runs that
 * start in one second get two. Throws FILE_UNWRITABLE.
 */
async function claimFolder(scenarioName: string, now: Date): Promise<string> {
  const stamp = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const base = path.join('recordings', `${scenarioName.replaceAll('?', '_')}-${stamp}`);
  await makeFolder('The recording', path.dirname(base));
  return writing('The recording', path.dirname(base), async () => {
    for (let k = 1; ; k++) {
      const folder = k === 1 ? base : `${base}-${k}`;
      try {
        await mkdir(folder);
        return folder;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  });
}
