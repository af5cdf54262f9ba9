/** A run from scenario to closed recording, fresh or resumed; whatever happens, array and recording are left in order. */

import { mkdir, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Clock, monotonicClock } from '../core/clock.js';
import { BeamloopError } from '../core/errors.js';
import { shellWord } from '../core/shell-word.js';
import { VERSION } from '../core/version.js';
import { makeFolder, writing } from '../core/writing.js';
import { Recording } from '../record/recording.js';
import { isStream } from '../scenario/camera-schema.js';
import type { MotionTexts } from '../scenario/motion-files.js';
import { prepare } from '../scenario/plan.js';
import type { ScenarioFile } from '../scenario/scenario.js';
import type { TrackingSection } from '../scenario/tracking-schema.js';
import { pluginOf } from '../training/plugins/plugin-file.js';
import { runCampaign } from './campaign.js';
import type { Progress } from './campaign-parts.js';
import type { OpenTestbed, TestbedRequest } from './open-testbed.js';
import { type CampaignOutcome, outcomeOf } from './outcome.js';
import { loadRecordedPlugin } from './recorded-plugin.js';
import { requireTracker } from './tracking/require-tracker.js';
import { durableReadings } from './tracking/sensor-readings.js';

/** Events that say how far the run is, or what becomes of one slot or user: no interruptions. */
const OF_THE_RUN = new Set([
  'started',
  'resumed',
  'finished',
  'stopped',
  'user failed',
  'log recovered',
  'stray receipt',
  'late receipt',
]);

/** By when a signal to all processes of a terminal has reached us, too, ms. */
const SIGNAL_MS = 50;

export interface RunOptions<E> {
  readonly openTestbed: OpenTestbed<E>;
  /** Let an emulated board's time follow the wall clock; false unless given. */
  readonly realtime?: boolean;
  readonly signal?: AbortSignal;
  /** Told how far the run is; nobody unless given. */
  readonly progress?: Progress;
  /** Given the recording when it is open, to follow its rows; the run closes it. */
  readonly onRecording?: (recording: Pick<Recording, 'folder' | 'follow'>) => void;
  readonly clock?: Clock;
}

/** For programs that do not show how far a run is. */
const SILENT: Progress = { warning: () => {}, waiting: () => {}, batch: () => {}, finished: () => {} };

/**
 * Runs a scenario into a new recording.
 *
 * @param out its folder; null: one of its own in `recordings`.
 * @throws RECORDING_EXISTS, PLAN_REFUSED, the errors of board and bridge, or the signal's reason.
 */
export async function startRun<E>(
  file: ScenarioFile<E>,
  out: string | null,
  options: RunOptions<E>,
): Promise<CampaignOutcome> {
  const folder = out ?? (await claimFolder(file.name, new Date()));
  try {
    // Before a port is touched: a folder that is taken is the user's mistake.
    Recording.requireFree(folder);
    return await startRunIn(folder, file, options);
  } catch (error) {
    // What was claimed for nothing; a folder with a recording in it is not empty and stays.
    if (out === null) await rmdir(folder).catch(() => {});
    throw error;
  }
}

function startRunIn<E>(
  folder: string,
  file: ScenarioFile<E>,
  options: RunOptions<E>,
): Promise<CampaignOutcome> {
  const run = path.basename(path.resolve(folder));
  const plugin = pluginOf(file.scenario.scheme.name);
  return conduct(file, options, { run, durable: new Map(), kept: new Map() }, async () => {
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
    return await conduct(file, options, { run, ...(await ueMemory(recording, file)) }, async () => {
      recording.event('resumed');
      return recording;
    });
  } finally {
    await recording.close();
  }
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

/** Reads a scenario, and the calibration table and the files of motions that it names where these are at hand. */
export type ParseScenario<E> = (
  text: string,
  where: string,
  calibrationText?: string,
  onBare?: (reading: string) => void,
  motionTexts?: MotionTexts,
) => ScenarioFile<E>;

/** Of a recording of many numbers without units the first few are named. */
const MOST_READINGS = 8;

/**
 * The scenario that a recording carries, with its calibration table. Versions that took numbers without a unit took them in the
 * base unit, so these are read as they were when the run was made, and a warning says so.
 *
 * @throws RECORDING_INVALID.
 */
export async function recordedScenario<E>(
  recording: Recording,
  parse: ParseScenario<E>,
  warning: (text: string) => void,
): Promise<ScenarioFile<E>> {
  const calibrationText = await recording.runValue('calibrationText');
  const motionTexts = await recording.runValue('motionTexts');
  const text = await recording.runValue('scenarioText');
  if (typeof text !== 'string') {
    throw new BeamloopError('RECORDING_INVALID', {
      what: 'The recording carries no scenario',
      where: recording.folder,
      todo: 'Name the folder that beamloop run printed',
    });
  }
  const readings: string[] = [];
  const file = parse(
    text,
    recording.folder,
    typeof calibrationText === 'string' ? calibrationText : undefined,
    (reading) => readings.push(reading),
    motionTexts === null || typeof motionTexts !== 'object' ? undefined : (motionTexts as MotionTexts),
  );
  if (readings.length > 0) {
    const more = readings.length > MOST_READINGS ? `; and ${readings.length - MOST_READINGS} more` : '';
    warning(
      `Numbers without a unit in the recorded scenario mean what they did to the version that ran it; today they are refused: ${readings.slice(0, MOST_READINGS).join('; ')}${more}`,
    );
  }
  return file;
}

type UeMemory = Pick<TestbedRequest<unknown>, 'durable' | 'kept' | 'durableReadings'>;

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

async function conduct<E>(
  { scenario, calibration }: ScenarioFile<E>,
  {
    openTestbed,
    realtime = false,
    signal = new AbortController().signal,
    progress = SILENT,
    onRecording,
    clock = monotonicClock,
  }: RunOptions<E>,
  { run, ...memory }: UeMemory & { readonly run: string },
  openRecording: () => Promise<Recording>,
): Promise<CampaignOutcome> {
  const preparation = prepare(scenario);
  const { array, users } = preparation;
  // Before a board waits for it.
  preparation.best();
  await requireTracker(scenario, users.length);
  let recording: Recording | undefined;
  let isOver = false;
  const lost = new AbortController();
  const testbed = await openTestbed({
    scenario,
    array,
    users,
    run,
    ...memory,
    // On a real port nobody knows before who has some.
    ...(scenario.tracking !== undefined && { sensors: true }),
    realtime,
    signal,
    onEvent: (kind, detail) => {
      if (recording === undefined) progress.interruption?.(kind, detail);
      else recording.event(kind, detail);
    },
    onFailure: (error) => {
      if (!isOver) lost.abort(error);
    },
  }).catch(async (error) => {
    // Ctrl-C may end a process that is just being started before we hear of it ourselves.
    await setTimeout(SIGNAL_MS);
    throw signal.aborted ? signal.reason : error;
  });
  let failure: unknown = null;
  let told: Told | undefined;
  try {
    recording = await openRecording();
    told = tellInterruptions(recording, progress);
    onRecording?.(recording);
    return await runCampaign({
      preparation,
      calibration: calibration?.table ?? null,
      testbed,
      recording,
      clock,
      signal: AbortSignal.any([signal, lost.signal]),
      progress,
    });
  } catch (error) {
    // What follows from the loss, such as a board that is silent, is not the reason.
    failure = lost.signal.aborted ? lost.signal.reason : error;
  } finally {
    isOver = true;
    // What UEs say when they are let go is no news.
    await told?.end();
    await testbed.close();
    await recording?.close();
  }
  if (recording === undefined) throw failure;
  throw signal.aborted
    ? interruptedIn(
        goOnText(scenario, recording.folder),
        recording.folder,
        signal.reason,
        testbed.board.muted === true,
      )
    : resumable(failure, goOnText(scenario, recording.folder), recording.folder);
}

interface Told {
  /** Tells what has been recorded so far, and nothing of what comes. */
  end(): Promise<void>;
}

/** Tells of what comes between, as it is recorded. */
function tellInterruptions(recording: Recording, progress: Progress): Told {
  const follower = recording.follow(['events']);
  const telling = (async () => {
    for await (const { table, row } of follower) {
      if (table === 'events' && !OF_THE_RUN.has(row.kind)) progress.interruption?.(row.kind, row.detail);
    }
  })();
  return {
    end: async () => {
      // A disk that fails is told of by the campaign.
      await recording.flushed().catch(() => {});
      follower.end();
      await telling;
    },
  };
}

/** What a camera on the network showed is gone. */
function goOnText({ tracking }: { readonly tracking?: TrackingSection | undefined }, folder: string): string {
  return tracking?.camera !== undefined && isStream(tracking.camera)
    ? 'begin a new run: one by a camera on the network cannot be resumed'
    : `go on with: beamloop resume ${shellWord(folder)}`;
}

/** @param isMuted the board confirmed it. */
function interruptedIn(goOn: string, folder: string, reason: unknown, isMuted: boolean): BeamloopError {
  const code = reason instanceof BeamloopError ? reason.code : 'INTERRUPTED';
  const why = reason instanceof BeamloopError ? reason.what : 'Interrupted';
  const array = isMuted
    ? 'the array was muted'
    : 'the board could not be told to mute, which its watchdog does a second after it last heard from here,';
  return new BeamloopError(code, {
    what: `${why}; ${array} and the recording was closed`,
    todo: `${goOn[0]!.toUpperCase()}${goOn.slice(1)}`,
    recording: folder,
  });
}

/** An error that ended a campaign, with the way on. */
function resumable(error: unknown, goOn: string, folder: string): unknown {
  if (!(error instanceof BeamloopError) || error.code.startsWith('RECORDING_')) return error;
  const { code, what, where, todo, cause } = error;
  return new BeamloopError(code, {
    what,
    ...(where !== undefined && { where }),
    todo: todo === undefined ? `${goOn[0]!.toUpperCase()}${goOn.slice(1)}` : `${todo}. Then ${goOn}`,
    recording: folder,
    cause,
  });
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
