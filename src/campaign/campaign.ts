/** Trains the users of a scenario one after another, on a testbed, into a recording. Fresh runs and resumed ones alike. */
import { DirectEvaluator } from '../channel/direct-evaluator.js';
import type { PolarCodebook } from '../codebook/polar.js';
import type { Clock } from '../core/clock.js';
import { BeamloopError } from '../core/errors.js';
import type { Recording } from '../record/recording.js';
import { SlotPlanner } from '../schedule/slot-planner.js';
import { createScheme, type SchemeFactory } from '../training/registry.js';
import type { Estimate } from '../training/scheme.js';
import { BoardWatch } from './board-watch.js';
import type { CampaignOutcome, UserOutcome } from './outcome.js';
import { outcomeOf } from './outcome.js';
import { PilotFactory } from './pilots.js';
import { checkPlan, plannerOptions } from './plan.js';
import type { Scenario } from './scenario.js';
import { SlotExchange } from './slot-exchange.js';
import { SlotLedger } from './slot-ledger.js';
import type { Testbed } from './testbed-contract.js';
import type { User } from './users.js';

/** Told as a campaign goes on; for people. */
export interface Progress {
  waiting(user: string, url: string): void;
  /** `numPilots` so far, the batch that was just measured included. */
  batch(user: string, turn: number, numUsers: number, numPilots: number): void;
  finished(outcome: UserOutcome, turn: number, numUsers: number): void;
}

export interface CampaignParts {
  readonly scenario: Scenario;
  readonly polar: PolarCodebook;
  readonly users: readonly User[];
  readonly testbed: Testbed;
  readonly recording: Recording;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** Errors that end one user's training; any other ends the campaign. */
const OF_ONE_USER = new Set(['UE_ABSENT', 'UE_SILENT']);

/**
 * Trains every user that the recording holds no estimate of.
 * Throws PLAN_REFUSED, BOARD_MISMATCH, a board's error, or the signal's reason; the recording can be resumed then.
 */
export async function runCampaign(parts: CampaignParts): Promise<CampaignOutcome> {
  const { scenario, polar, users, testbed, recording, signal, clock } = parts;
  const { board, bridge } = testbed;
  checkPlan(scenario, polar, board.description);

  const planner = new SlotPlanner(plannerOptions(scenario, board.description));
  const ledger = new SlotLedger(recording, (ueId, sequence) => bridge.acknowledge(ueId, sequence));
  await ledger.restore();
  planner.adopt([...ledger.planned()].map(({ slot, hash }) => ({ slot, pilot: { hash } })));
  const recorded = await recording.rows('codewords');
  const keys = recorded.map(({ key }) => key);
  const pilots = new PilotFactory(board, scenario.array.carrier, recording, keys);
  const watch = new BoardWatch(board, clock, (kind, detail) => recording.event(kind, detail));
  const { duration, maxAttempts } = scenario.slots;
  const { ueTimeout, powerTimeout } = scenario.bridge;
  const settings = {
    slotDurationS: duration,
    maxAttempts,
    ueTimeoutS: ueTimeout,
    powerTimeoutS: powerTimeout,
  };
  const exchange = new SlotExchange({ testbed, watch, ledger, planner, settings, clock, signal });
  const start = createScheme(scenario.scheme, polar);
  try {
    await recordRun(parts);
    const finished = new Set((await recording.rows('estimates')).map(({ ue }) => ue));
    for (const [turn, user] of users.entries()) {
      if (finished.has(user.id)) continue;
      try {
        await trainUser(user, turn, start, pilots, exchange, planner, parts);
      } catch (error) {
        if (!(error instanceof BeamloopError) || !OF_ONE_USER.has(error.code)) throw error;
        recording.event('user failed', { ue: user.id, code: error.code, what: error.message });
      }
      recordStatistics(parts, exchange);
      await recording.durable();
      const outcome = (await outcomeOf(recording)).users[turn]!;
      parts.progress.finished(outcome, turn, users.length);
    }
    recording.event('finished');
  } catch (error) {
    recording.event('stopped', { what: error instanceof Error ? error.message : String(error) });
    throw error;
  } finally {
    watch.close();
    recordStatistics(parts, exchange);
  }
  await recording.durable();
  return outcomeOf(recording);
}

async function trainUser(
  user: User,
  turn: number,
  start: SchemeFactory,
  pilots: PilotFactory,
  exchange: SlotExchange,
  planner: SlotPlanner,
  parts: CampaignParts,
): Promise<void> {
  const { testbed, recording, scenario, signal, progress, users } = parts;
  progress.waiting(user.id, testbed.bridge.url);
  await testbed.bridge.waitForUe(user.id, scenario.bridge.ueTimeout, signal);
  const scheme = start();
  let numPilots = 0;
  let batch = 0;
  let step = scheme.next();
  while (!step.done) {
    const wanted = step.value.map((codeword) => pilots.pilot(codeword));
    const powers = await exchange.measure(user.id, batch, wanted);
    numPilots += wanted.length;
    batch++;
    progress.batch(user.id, turn, users.length, numPilots);
    step = scheme.next(powers);
  }
  pilots.pilot(step.value.codeword); // so that the recording knows the codeword that was found
  recordEstimate(recording, user.id, scenario.scheme.name, step.value, numPilots, planner.lastSlot);
}

function recordEstimate(
  recording: Recording,
  ue: string,
  scheme: string,
  { codeword, angleRad, distanceM, regionIndex }: Estimate,
  numPilots: number,
  lastSlot: number,
): void {
  recording.append('estimates', {
    ue,
    scheme,
    codewordKey: codeword.key,
    angleRad,
    distanceM,
    regionIndex: regionIndex ?? null,
    numPilots,
    lastSlot: numPilots === 0 ? null : lastSlot,
  });
}

/** Board and users, once per recording. */
async function recordRun({ recording, testbed, users, polar }: CampaignParts): Promise<void> {
  if ((await recording.runValue('board')) === undefined) {
    recording.append('run', { key: 'board', value: testbed.board.description });
  }
  if ((await recording.rows('users')).length > 0) return;
  const evaluator = new DirectEvaluator(polar);
  for (const [turn, { id, truth }] of users.entries()) {
    let best = null;
    if (truth !== null) {
      evaluator.setChannel(truth.paths);
      best = evaluator.best();
    }
    recording.append('users', {
      ue: id,
      turn,
      xM: truth?.positionM[0] ?? null,
      yM: truth?.positionM[1] ?? null,
      snrDb: truth?.snrDb ?? null,
      bestKey: best && polar.codeword(best).key,
      bestAngleRad: best && polar.angleRad(best.angleIndex),
      bestDistanceM: best && polar.distanceM(best),
    });
  }
}

function recordStatistics({ recording, testbed }: CampaignParts, exchange: SlotExchange): void {
  recording.append('link_statistics', {
    wallTime: new Date(),
    statistics: {
      link: testbed.board.linkStatistics(),
      slots: exchange.statistics(),
      ues: testbed.bridge.statistics(),
    },
  });
}
