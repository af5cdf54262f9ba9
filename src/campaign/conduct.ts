/** What every run on a testbed is carried out in: testbed and recording are opened and closed, and whatever happens, array and recording are left in order. */
import { setTimeout } from 'node:timers/promises';
import type { ArrayBoard } from '../../drivers/array-board.js';
import { type Clock, monotonicClock } from '../core/clock.js';
import { BeamloopError } from '../core/errors.js';
import { shellWord } from '../core/shell-word.js';
import type { Recording } from '../record/recording.js';
import { isStream } from '../scenario/camera-schema.js';
import type { Preparation } from '../scenario/plan.js';
import type { ScenarioFile } from '../scenario/scenario.js';
import type { Testbed } from '../slots/testbed.js';
import type { CampaignParts, Progress } from './campaign-parts.js';
import type { OpenTestbed, TestbedRequest } from './open-testbed.js';

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
  /** Lets others watch the run while it goes on; nobody unless given. */
  readonly show?: (run: OngoingRun<E>) => Promise<Showing>;
  readonly clock?: Clock;
}

/** A run whose testbed and recording are open. */
export interface OngoingRun<E> extends Prepared<E> {
  readonly testbed: Testbed;
  readonly recording: Recording;
  /** Ends the run with this error; whoever calls it has told the board. */
  readonly stop: (error: BeamloopError) => void;
}

/** Whoever shows a run is told what is in no recording. */
export interface Showing {
  /** A UE is to connect to the bridge at `url`, and has not yet. */
  waiting(user: string, url: string): void;
  batch(user: string, numPilots: number, mostPilots: number): void;
  epoch(numDone: number, numEpochs: number): void;
  /** @param error why the run did not end well; null when it did. */
  end(error: unknown): Promise<void>;
}

/** For programs that do not show how far a run is. */
export const SILENT: Progress = { warning: () => {}, waiting: () => {}, batch: () => {}, finished: () => {} };

/** A scenario and what was computed of it before a board waits for it. */
export interface Prepared<E> {
  readonly file: ScenarioFile<E>;
  readonly preparation: Preparation;
}

/** What the UEs of a run that goes on need not send again. */
export type UeMemory = Pick<TestbedRequest<unknown>, 'durable' | 'kept' | 'durableReadings'>;

/**
 * Opens testbed and recording, has `carryOut` done with them, and closes both; the array is mute then, and an error says how to go on.
 *
 * @param memory what the UEs need not send again.
 * @throws what `openTestbed`, `openRecording` and `carryOut` throw, or the signal's reason.
 */
export async function conduct<E, Result>(
  { file, preparation }: Prepared<E>,
  {
    openTestbed,
    realtime = false,
    signal = new AbortController().signal,
    progress = SILENT,
    onRecording,
    show,
    clock = monotonicClock,
  }: RunOptions<E>,
  { run, ...memory }: UeMemory & { readonly run: string },
  openRecording: () => Promise<Recording>,
  carryOut: (parts: CampaignParts) => Promise<Result>,
): Promise<Result> {
  const { scenario, calibration } = file;
  const { array, users } = preparation;
  let recording: Recording | undefined;
  let isOver = false;
  const lost = new AbortController();
  const stopped = new AbortController();
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
  let ended: unknown = null;
  let told: Told | undefined;
  let showing: Showing | undefined;
  try {
    recording = await openRecording();
    told = tellInterruptions(recording, progress);
    onRecording?.(recording);
    const stop = (error: BeamloopError) => stopped.abort(error);
    showing = await show?.({ file, preparation, testbed, recording, stop });
    return await carryOut({
      preparation,
      calibration: calibration?.table ?? null,
      testbed,
      recording,
      clock,
      signal: AbortSignal.any([signal, lost.signal, stopped.signal]),
      progress: showing === undefined ? progress : shown(progress, showing),
    });
  } catch (error) {
    // What follows from the loss, such as a board that is silent, is not the reason.
    failure = lost.signal.aborted ? lost.signal.reason : error;
  } finally {
    isOver = true;
    // What UEs say when they are let go is no news.
    await told?.end();
    await testbed.close();
    if (failure !== null) ended = endOf(failure);
    await showing?.end(ended);
    await recording?.close();
  }
  throw ended;

  /** What the run ended with, as it is told. */
  function endOf(error: unknown): unknown {
    if (recording === undefined) return error;
    const goOn = goOnText(scenario, recording.folder);
    const interruption = [signal, stopped.signal].find(({ aborted }) => aborted);
    return interruption === undefined
      ? resumable(withMuteDoubt(error, testbed.board), goOn, recording.folder)
      : interruptedIn(goOn, recording.folder, interruption.reason, muteDoubt(testbed.board));
  }
}

/** Progress that whoever watches hears of, too. */
function shown(progress: Progress, showing: Showing): Progress {
  return {
    ...progress,
    waiting: (user, url) => {
      showing.waiting(user, url);
      progress.waiting(user, url);
    },
    batch: (user, turn, numUsers, numPilots, mostPilots) => {
      showing.batch(user, numPilots, mostPilots);
      progress.batch(user, turn, numUsers, numPilots, mostPilots);
    },
    epoch: (numDone, numEpochs, states) => {
      showing.epoch(numDone, numEpochs);
      progress.epoch?.(numDone, numEpochs, states);
    },
  };
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
function goOnText({ tracking }: Pick<ScenarioFile['scenario'], 'tracking'>, folder: string): string {
  return tracking?.camera !== undefined && isStream(tracking.camera)
    ? 'begin a new run: one by a camera on the network cannot be resumed'
    : `go on with: beamloop resume ${shellWord(folder)}`;
}

const BY_WATCHDOG =
  'the board could not be told to mute, which its watchdog does a second after it last heard from here,';

/** What is to be said of an array that may radiate; null where the board confirmed that it is mute. */
function muteDoubt({ muted, muteDoubt: doubt }: ArrayBoard): string | null {
  return muted === true ? null : (doubt ?? BY_WATCHDOG);
}

function interruptedIn(goOn: string, folder: string, reason: unknown, doubt: string | null): BeamloopError {
  const code = reason instanceof BeamloopError ? reason.code : 'INTERRUPTED';
  const why = reason instanceof BeamloopError ? reason.what : 'Interrupted';
  const array = doubt ?? 'the array was muted';
  return new BeamloopError(code, {
    what: `${why}; ${array} and the recording was closed`,
    todo: `${goOn[0]!.toUpperCase()}${goOn.slice(1)}`,
    recording: folder,
  });
}

/** Of a board that has no watchdog it is told whether it may radiate still. */
function withMuteDoubt(
  error: unknown,
  { muted, muteDoubt }: Pick<ArrayBoard, 'muted' | 'muteDoubt'>,
): unknown {
  if (!(error instanceof BeamloopError) || muted === true || muteDoubt === undefined) return error;
  const { code, what, where, todo, cause } = error;
  return new BeamloopError(code, {
    what: `${what}; ${muteDoubt.replace(/,$/, '')}`,
    ...(where !== undefined && { where }),
    ...(todo !== undefined && { todo }),
    cause,
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
