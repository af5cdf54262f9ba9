/** Trains the users of a scenario one after another, or tracks them, on a testbed, into a recording. Fresh runs and resumed ones alike. */
import { setImmediate } from 'node:timers/promises';
import { createSubcarrierSum } from '../channel/wideband/subcarrier-sum.js';
import { BeamloopError } from '../core/errors.js';
import { requireLocalEstimates } from '../scenario/local-feedback.js';
import { type PlanOnBoard, planOnBoard } from '../scenario/plan-on-board.js';
import { schemeOnBoard } from '../scenario/scheme-on-board.js';
import { carrierOnly, ServedUsers } from '../scenario/serving.js';
import type { TrackingPlan } from '../scenario/tracking-plan.js';
import type { User } from '../scenario/users.js';
import { requireSubcarriers } from '../scenario/wideband.js';
import { isOfOneUe } from '../slots/gave-up.js';
import type { Sounder } from '../slots/sounder.js';
import type { LocalEstimateSetup } from '../training/local-estimate.js';
import type { SchemeFactory } from '../training/scheme-factory.js';
import { tableInUse } from './calibration/table-in-use.js';
import type { CampaignParts } from './campaign-parts.js';
import { estimateRow, lossesRow, recordRun, recordStatistics } from './campaign-rows.js';
import { evidenceJudge, type JudgeUser, mostCheckPilots } from './evidence.js';
import { FinishedUsers } from './finished-users.js';
import { heard, type JudgedTraining, judgedTraining } from './judged-training.js';
import { openSounder } from './open-sounder.js';
import { type CampaignOutcome, outcomeOf } from './outcome.js';
import { trackCampaign } from './tracking/tracking-campaign.js';

/**
 * Trains every user that the recording holds no estimate of, or tracks all of them.
 * Throws PLAN_REFUSED, BOARD_MISMATCH, a board's error, or the signal's reason, and UE_MISMATCH when a UE that is there before
 * the first slot does not fit the scenario; the recording can be resumed then.
 */
export async function runCampaign(parts: CampaignParts): Promise<CampaignOutcome> {
  const { preparation, testbed, calibration } = parts;
  const plan = planOnBoard(preparation, testbed.board.description, calibration, testbed.radiate);
  for (const warning of plan.warnings) parts.progress.warning(warning);
  for (const warning of await tableInUse(parts)) parts.progress.warning(warning);
  const campaign = await Campaign.begin(parts, plan);
  try {
    const { tracking } = plan;
    if (tracking === null) await campaign.trainAll();
    else await campaign.track({ ...plan, tracking });
    parts.recording.event('finished');
  } catch (error) {
    parts.recording.event('stopped', { what: error instanceof Error ? error.message : String(error) });
    throw error;
  } finally {
    campaign.end();
  }
  await parts.recording.durable();
  return outcomeOf(parts.recording);
}

class Campaign {
  readonly #parts: CampaignParts;
  readonly #sounder: Sounder;
  readonly #scheme: SchemeFactory;
  /** That a user can take. */
  readonly #mostPilots: number;
  readonly #judge: JudgeUser;
  /** Null when UEs report their powers. */
  readonly #localSetup: LocalEstimateSetup | null;
  readonly #served: ServedUsers;
  /** Users that the recording holds an estimate of. */
  readonly #found: ReadonlySet<string>;

  private constructor(
    parts: CampaignParts,
    { beams, localSetup, demand }: PlanOnBoard,
    sounder: Sounder,
    found: Set<string>,
  ) {
    const { preparation, testbed } = parts;
    const { array, band } = preparation;
    this.#parts = parts;
    this.#sounder = sounder;
    this.#found = found;
    this.#scheme = schemeOnBoard(preparation, beams);
    this.#judge = evidenceJudge(preparation, beams);
    this.#localSetup = localSetup;
    this.#mostPilots = demand.numPilots + mostCheckPilots(preparation);
    const subcarriers = band === null ? carrierOnly(array) : createSubcarrierSum(array.numElements, band);
    this.#served = new ServedUsers(preparation, beams, testbed.radiate, subcarriers);
  }

  static async begin(parts: CampaignParts, plan: PlanOnBoard): Promise<Campaign> {
    const { recording, testbed, preparation, clock, signal } = parts;
    const { beams } = plan;
    const sounder = await openSounder(preparation, testbed, recording, { beams, clock, signal });
    const found = new Set((await recording.rows('estimates', 'WHERE epoch = 0')).map(({ ue }) => ue));
    await recordRun(recording, testbed.board.description, preparation, plan);
    return new Campaign(parts, plan, sounder, found);
  }

  async trainAll(): Promise<void> {
    const { recording, progress, preparation, clock } = this.#parts;
    const { users } = preparation;
    await this.#getReady();
    await this.#checkConnected();
    const finished = new FinishedUsers(recording, clock, (outcome, turn) =>
      progress.finished(outcome, turn, users.length),
    );
    try {
      for (const [turn, user] of users.entries()) {
        try {
          await this.#train(user, turn);
        } catch (error) {
          // What ends the run may look like one user's trouble: the process of all emulated UEs is gone, say.
          this.#parts.signal.throwIfAborted();
          if (!isOfOneUser(error)) throw error;
          recording.event('user failed', { ue: user.id, code: error.code, what: error.message });
        }
        if (this.#found.has(user.id)) continue;
        // Of this user alone: what is written for a user does not depend on how many there are.
        this.#recordStatistics(user.id);
        finished.add(user.id, turn);
      }
      await finished.told();
    } finally {
      finished.close();
    }
  }

  track(plan: PlanOnBoard & { readonly tracking: TrackingPlan }): Promise<void> {
    return trackCampaign(this.#parts, plan, this.#sounder, {
      served: this.#served,
      recordStatistics: () => this.#recordStatistics(),
    });
  }

  /** Dictionaries take a second or so, and meanwhile the board must hear from us. */
  async #getReady(): Promise<void> {
    if (this.#localSetup !== null) return;
    const preparing = this.#scheme.preparing();
    while (!preparing.next().done) {
      await setImmediate();
      this.#parts.signal.throwIfAborted();
    }
  }

  /** A UE that is there already and does not fit is told of before a slot is spent on anybody. */
  async #checkConnected(): Promise<void> {
    const { testbed, preparation, signal } = this.#parts;
    if (preparation.band === null) return;
    for (const { id } of preparation.users) {
      if (this.#found.has(id) || !this.#isConnected(id)) continue;
      requireSubcarriers(await testbed.bridge.waitForUe(id, 0, signal), preparation.band);
    }
  }

  #isConnected(id: string): boolean {
    return this.#parts.testbed.bridge.statistics(id).some(({ connected }) => connected);
  }

  end(): void {
    this.#sounder.close();
    this.#recordStatistics();
  }

  /** Of a user that was found before, the scheme goes the same way again: its pilots are then known, and cost nothing. */
  async #train(user: User, turn: number): Promise<void> {
    const { testbed, signal, progress, preparation } = this.#parts;
    const { scenario, users } = preparation;
    const found = this.#found.has(user.id);
    let fullScale: number | undefined;
    if (!found) {
      const { bridge } = testbed;
      if (!this.#isConnected(user.id)) progress.waiting(user.id, bridge.url);
      const description = await bridge.waitForUe(user.id, scenario.bridge.ueTimeout, signal);
      if (preparation.band !== null) requireSubcarriers(description, preparation.band);
      if (this.#localSetup !== null) requireLocalEstimates(description);
      fullScale = description.fullScale;
    }
    const measured = (numPilots: number) =>
      found || progress.batch(user.id, turn, users.length, numPilots, this.#mostPilots);
    measured(0);
    let numPilots = 0;
    const training = await this.#sounder.run({
      name: user.id,
      ues: [user.id],
      sounding: heard(judgedTraining(this.#scheme.start(), user, found ? null : this.#judge), fullScale),
      localSetup: this.#localSetup,
      onBatch: (ofBatch) => {
        numPilots += ofBatch;
        measured(numPilots);
      },
    });
    if (!found) this.#record(user, turn, training);
  }

  #record(user: User, turn: number, training: JudgedTraining): void {
    const { recording, preparation } = this.#parts;
    const { codeword } = training.estimate;
    this.#sounder.note(codeword);
    const serving = user.truth && this.#served.servingOf(user.truth, turn, codeword);
    const lossDb = serving?.lossDb ?? this.#served.lossesPredicted(codeword);
    const rates = preparation.band === null ? null : serving;
    recording.append('losses', lossesRow(user.id, lossDb, rates));
    const { name } = preparation.scenario.scheme;
    recording.append('estimates', estimateRow(user.id, name, training, this.#sounder.lastSlot, rates));
  }

  /** @param ueId the UE whose counters are written; all of them unless given. */
  #recordStatistics(ueId?: string): void {
    recordStatistics(this.#parts, this.#sounder, ueId);
  }
}

/** What ends one user's training; any other error ends the campaign. */
function isOfOneUser(error: unknown): error is BeamloopError {
  return isOfOneUe(error) || (error instanceof BeamloopError && error.code === 'NO_EVIDENCE');
}
