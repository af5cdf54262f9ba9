/** What a campaign writes of board and users when it begins, and of a user when it was found. */
import type { Recording } from '../record/recording.js';
import type { Row } from '../record/schema.js';
import type { StepLosses } from '../scenario/loss-account.js';
import type { Preparation } from '../scenario/plan.js';
import type { PlanOnBoard } from '../scenario/plan-on-board.js';
import type { Serving } from '../scenario/serving.js';
import type { Sounder } from '../slots/sounder.js';
import type { Testbed } from '../slots/testbed.js';
import type { CampaignParts } from './campaign-parts.js';
import type { JudgedTraining } from './judged-training.js';

/** Board, what it makes of the pilots, and users, once per recording. */
export async function recordRun(
  recording: Recording,
  board: Testbed['board']['description'],
  preparation: Preparation,
  { realisability, losses }: PlanOnBoard,
): Promise<void> {
  if ((await recording.runValue('board')) === undefined) {
    recording.append('run', { key: 'board', value: board });
    recording.append('run', { key: 'realisability', value: realisability });
    recording.append('run', { key: 'lossForecast', value: losses });
  }
  await recordUsers(recording, preparation);
}

/** Where users truly are, and the best beam of each; once per recording. */
export async function recordUsers(recording: Recording, preparation: Preparation): Promise<void> {
  if ((await recording.rows('users')).length > 0) return;
  const { users } = preparation;
  const best = preparation.best();
  for (const [turn, { id, positionM, truth }] of users.entries()) {
    const beam = best[turn] ?? null;
    const place = truth?.positionM ?? positionM;
    recording.append('users', {
      ue: id,
      turn,
      xM: place?.[0] ?? null,
      yM: place?.[1] ?? null,
      zM: place?.[2] ?? null,
      snrDb: truth?.snrDb ?? null,
      bestKey: beam?.codeword.key ?? null,
      bestAngleRad: beam?.angleRad ?? null,
      bestElevationRad: beam?.elevationRad ?? null,
      bestDistanceM: beam?.distanceM ?? null,
    });
  }
}

/** @param rates null in narrowband runs, and where nobody knows the user's channel. */
export function lossesRow(ue: string, lossDb: StepLosses, rates: Serving | null): Row<'losses'> {
  const { focusing, codebook, estimation, quantisation, hardware } = lossDb;
  return {
    ue,
    epoch: 0,
    focusingDb: focusing,
    codebookDb: codebook,
    estimationDb: estimation,
    quantisationDb: quantisation,
    hardwareDb: hardware,
    focusedRate: rates?.focusedRate ?? null,
    bestRate: rates?.bestRate ?? null,
    quantisedRate: rates?.quantisedRate ?? null,
  };
}

/** @param rates as of `lossesRow`. */
export function estimateRow(
  ue: string,
  scheme: string,
  { estimate, evidence, numPilots }: JudgedTraining,
  lastSlot: number,
  rates: Serving | null,
): Row<'estimates'> {
  const { codeword, angleRad, elevationRad, distanceM, regionIndex } = estimate;
  return {
    ue,
    epoch: 0,
    scheme,
    codewordKey: codeword.key,
    angleRad,
    elevationRad: elevationRad ?? null,
    distanceM,
    regionIndex: regionIndex ?? null,
    numPilots,
    lastSlot: numPilots === 0 ? null : lastSlot,
    rate: rates?.rate ?? null,
    boardRate: rates?.boardRate ?? null,
    perfectRate: rates?.perfectRate ?? null,
    peakOverNoiseDb: evidence?.peakOverNoiseDb ?? null,
    peakOverRunnerUpDb: evidence?.peakOverRunnerUpDb ?? null,
    likeness: evidence?.likeness ?? null,
  };
}

/** What link, slots and UEs counted so far. @param ueId the UE whose counters are told; all of them unless given. */
export function recordStatistics(
  { recording, testbed }: Pick<CampaignParts, 'recording' | 'testbed'>,
  sounder: Sounder,
  ueId?: string,
): void {
  recording.append('link_statistics', {
    wallTime: new Date(),
    statistics: {
      link: testbed.board.linkStatistics(),
      slots: sounder.statistics(),
      ues: testbed.bridge.statistics(ueId),
    },
  });
}
