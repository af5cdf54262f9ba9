/** Tracks the users of a scenario on a testbed, into a recording: the generator's epochs, one after another. */

import { setImmediate } from 'node:timers/promises';
import type { Codeword } from '../../codebook/codeword.js';
import type { BeamloopError } from '../../core/errors.js';
import { smallest } from '../../core/extremes.js';
import type { Recording } from '../../record/recording.js';
import { bestBeamOf } from '../../scenario/plan.js';
import type { PlanOnBoard } from '../../scenario/plan-on-board.js';
import { schemeOnBoard } from '../../scenario/scheme-on-board.js';
import type { ServedUsers, Serving } from '../../scenario/serving.js';
import { buildTracker } from '../../scenario/trackers.js';
import { frameInterval, type TrackingPlan } from '../../scenario/tracking-plan.js';
import { pathsAt, positionAt, type User } from '../../scenario/users.js';
import { requireSubcarriers } from '../../scenario/wideband.js';
import type { EpochPilot, EpochPowers } from '../../slots/epoch-exchange.js';
import { isOfOneUe } from '../../slots/gave-up.js';
import type { Sounder } from '../../slots/sounder.js';
import { BeamMap } from '../../tracking/beam-map.js';
import type { EpochPlan, EpochTime, Trouble } from '../../tracking/epoch-plan.js';
import { trackUsers } from '../../tracking/track-users.js';
import type { CampaignParts } from '../campaign-parts.js';
import { estimateRow, lossesRow } from '../campaign-rows.js';
import { evidenceJudge } from '../evidence.js';
import { CameraFrames } from './camera-frames.js';
import { epochRows, positionRows, predictionRows } from './epoch-rows.js';
import { soundingOf } from './epoch-soundings.js';
import { EpochTruth } from './epoch-truth.js';
import { SensorReadings } from './sensor-readings.js';
import { TROUBLE, TROUBLE_OVER, type TroubleDetail } from './troubles.js';
import { userTraining } from './user-training.js';

/** Kind of the event that tells of epochs that could not be begun in time. */
const EPOCHS_LEFT_OUT = 'epochs left out';

/** An epoch, and where its slots begin. */
interface EpochStart extends EpochTime {
  readonly firstSlot: number;
}

/** What a campaign keeps account with, whether it trains or tracks. */
interface TrackingAccounts {
  readonly served: ServedUsers;
  /** Of link, slots and UEs up to now. */
  readonly recordStatistics: () => void;
}

/** Between two rows of statistics, s of epochs. */
const STATISTICS_EVERY_S = 1;

/**
 * Goes through the epochs that the recording holds on the powers that are recorded, and then through those that are left.
 *
 * @throws what `runCampaign` throws.
 */
export async function trackCampaign(
  parts: CampaignParts,
  plan: PlanOnBoard & { readonly tracking: TrackingPlan },
  sounder: Sounder,
  accounts: TrackingAccounts,
): Promise<void> {
  const campaign = new TrackingCampaign(parts, plan, sounder, accounts);
  await campaign.connect();
  await campaign.run();
}

class TrackingCampaign {
  readonly #parts: CampaignParts;
  readonly #plan: PlanOnBoard & { readonly tracking: TrackingPlan };
  readonly #sounder: Sounder;
  readonly #accounts: TrackingAccounts;
  readonly #users: readonly User[];
  readonly #ids: readonly string[];
  readonly #map: BeamMap;
  readonly #truth: EpochTruth;
  readonly #fullScale = new Map<string, number | undefined>();
  /** Of each user, the last slot of its scheme so far, and the trainings before the one that goes on. */
  readonly #lastSlot: number[];
  readonly #numTrainings: number[];
  /** Of each user, what was noticed up to the epoch before. */
  #troubles: readonly (readonly Trouble[])[];
  /** Of the codebook of the scheme. */
  #bestBeam: ReturnType<typeof bestBeamOf> | null = null;
  #numCarriedOut = 0;
  #numLeftOut = 0;
  /** Of an epoch. */
  #mostSlots = 0;

  constructor(
    parts: CampaignParts,
    plan: PlanOnBoard & { readonly tracking: TrackingPlan },
    sounder: Sounder,
    accounts: TrackingAccounts,
  ) {
    this.#parts = parts;
    this.#plan = plan;
    this.#sounder = sounder;
    this.#accounts = accounts;
    this.#users = parts.preparation.users;
    this.#ids = this.#users.map(({ id }) => id);
    this.#map = new BeamMap(plan.tracking.codebook);
    this.#truth = new EpochTruth(plan.tracking.codebook);
    this.#lastSlot = this.#users.map(() => 0);
    this.#numTrainings = this.#users.map(() => 0);
    this.#troubles = this.#users.map(() => []);
  }

  /** Waits for the UEs together. Who does not come is looked for again as epochs go on; without any there is nothing to track. */
  async connect(): Promise<void> {
    const { testbed, preparation, progress, signal, recording } = this.#parts;
    const { bridge } = testbed;
    const absent = await Promise.all(
      this.#users.map(async ({ id }): Promise<BeamloopError | null> => {
        if (!bridge.statistics(id).some(({ connected }) => connected)) progress.waiting(id, bridge.url);
        try {
          const description = await bridge.waitForUe(id, preparation.scenario.bridge.ueTimeout, signal);
          if (preparation.wideband !== null) requireSubcarriers(description, preparation.wideband.band);
          this.#fullScale.set(id, description.fullScale);
          return null;
        } catch (error) {
          signal.throwIfAborted();
          if (!isOfOneUe(error)) throw error;
          recording.event('user failed', { ue: id, code: error.code, what: error.message });
          return error;
        }
      }),
    );
    const [first] = absent;
    if (first !== null && first !== undefined && absent.every((error) => error !== null)) throw first;
  }

  async run(): Promise<void> {
    const { tracking } = this.#plan;
    const { section, codebook, probing, loss, fits } = tracking;
    const { preparation, recording } = this.#parts;
    const recorded = await recordedEpochs(recording);
    const estimates = await recordedEstimates(recording);
    const serving = await recordedServing(recording);
    const train = await this.#trainer(estimates);
    const readings = await this.#openReadings();
    const tracker = await buildTracker(section.tracker, {
      codebook,
      numUsers: this.#users.length,
      epochS: section.epoch,
      ...frameInterval(section),
      seed: preparation.scenario.seed,
    });
    const camera = await CameraFrames.open(this.#parts, tracker, recorded.size > 0);
    let time: EpochStart | null = recorded.get(0) ?? (await this.#firstEpoch());
    await camera?.show(time);
    const run = trackUsers({
      ...{ tracker, codebook, numUsers: this.#users.length, servingSlots: section.servingSlots },
      ...{ probing, loss, fits, train, probesFirst: section.probing.order === 'first' },
      first: time,
    });
    /** Of the part of an epoch after its probes; null where none came first. */
    let partSlot: number | null = null;
    try {
      let step = run.next();
      while (!step.done) {
        const plan = step.value;
        const { firstSlot } = time!;
        const isKnown = recorded.has(plan.epoch);
        const endSlot = firstSlot + tracking.epochSlots;
        const measure = async (pilots: readonly EpochPilot[], slot: number) =>
          isKnown
            ? this.#sounder.epochs.recorded(slot, pilots)
            : await this.#sounder.epochs.measure(slot, pilots, endSlot);
        readings.begin(plan.epoch);
        if (plan.goesOn) {
          const tried = this.#epochPilots(plan);
          const measured = await measure(tried, firstSlot);
          partSlot = serving.get(plan.epoch) ?? (await this.#slotAfter(firstSlot + tried.length));
          step = run.next({ measured, sensors: [], next: null });
          continue;
        }
        const ownSlot = partSlot ?? firstSlot;
        const numTried = ownSlot - firstSlot;
        partSlot = null;
        this.#noteTrainings(plan, ownSlot);
        const pilots = this.#epochPilots(plan);
        const measured = await measure(pilots, ownSlot);
        const sensors = readings.take(plan.epoch);
        if (!isKnown) {
          this.#record(plan, firstSlot, measured);
          const states = plan.users.map(({ state }) => state);
          const [fromS, toS] = [plan.epoch, plan.epoch + 1].map((k) =>
            Math.floor((k * section.epoch) / STATISTICS_EVERY_S),
          );
          if (toS! > fromS!) this.#accounts.recordStatistics();
          this.#parts.progress.epoch?.(plan.epoch + 1, tracking.numEpochs, states);
        }
        this.#troubles = plan.users.map(({ troubles }) => troubles);
        this.#numCarriedOut++;
        this.#mostSlots = Math.max(this.#mostSlots, numTried + pilots.length);
        time = await this.#nextEpoch(time!, recorded);
        if (time !== null) {
          this.#numLeftOut += time.epoch - plan.epoch - 1;
          await camera?.show(time);
        }
        step = run.next({ measured, sensors, next: time });
      }
      this.#tellLeftOut();
    } finally {
      await camera?.close();
      run.return();
    }
  }

  /** On real time, that this machine, the link or UEs were too slow for the epochs, with the numbers. */
  #tellLeftOut(): void {
    const { section, epochSlots } = this.#plan.tracking;
    const { testbed, recording, preparation } = this.#parts;
    if (this.#numLeftOut === 0 || testbed.time === 'virtual') return;
    const spareS = (epochSlots - this.#mostSlots) * preparation.scenario.slots.duration;
    const { powersS, decisionS, readyS } = this.#sounder.epochs.times;
    const neededS = section.epoch - spareS + powersS + decisionS + readyS;
    const detail = { leftOut: this.#numLeftOut, carriedOut: this.#numCarriedOut, epochS: section.epoch };
    recording.event(EPOCHS_LEFT_OUT, { ...detail, spareS, powersS, decisionS, readyS, neededS });
  }

  #openReadings(): Promise<SensorReadings> {
    const { testbed, recording } = this.#parts;
    const { board, bridge, time } = testbed;
    const midway = () => {
      const { loS, hiS } = board.boardTime();
      return (loS + hiS) / 2;
    };
    return SensorReadings.open({
      ...{ bridge, recording, ids: this.#ids },
      plannedAtS: (slot) => this.#sounder.epochs.plannedAtS(slot),
      boardTimeS: time === 'virtual' ? null : midway,
      slotDurationS: this.#parts.preparation.scenario.slots.duration,
    });
  }

  async #firstEpoch(): Promise<EpochStart> {
    const { epochs } = this.#sounder;
    const { epochSlots } = this.#plan.tracking;
    await epochs.getReady();
    // The first codewords take their time.
    const firstSlot = epochs.firstSlot(epochSlots, epochSlots);
    return { epoch: 0, firstSlot, beginsAtS: epochs.startOfSlotS(firstSlot) };
  }

  /** With which an epoch goes on after its probes. */
  async #slotAfter(endSlot: number): Promise<number> {
    const { turnaround, duration } = this.#parts.preparation.scenario.slots;
    const { epochs } = this.#sounder;
    await epochs.getReady();
    return epochs.firstSlot(endSlot + Math.ceil(turnaround / duration - 1e-9), 1);
  }

  /** Null after the last. */
  async #nextEpoch(
    { epoch, firstSlot }: EpochStart,
    recorded: ReadonlyMap<number, EpochStart>,
  ): Promise<EpochStart | null> {
    const { epochs } = this.#sounder;
    const { epochSlots, numEpochs } = this.#plan.tracking;
    const known = recorded.get(epoch + 1) ?? laterOf(recorded, epoch);
    if (known !== null) return known;
    if (epoch + 1 >= numEpochs) return null;
    await epochs.getReady();
    const next = epochs.firstSlot(firstSlot + epochSlots, epochSlots);
    const number = epoch + Math.round((next - firstSlot) / epochSlots);
    return number < numEpochs
      ? { epoch: number, firstSlot: next, beginsAtS: epochs.startOfSlotS(next) }
      : null;
  }

  /** Dictionaries of the scheme take a second or so, and meanwhile the board must hear from us. */
  async #trainer(estimates: ReadonlySet<string>) {
    const { preparation, recording, signal } = this.#parts;
    const { beams } = this.#plan;
    const scheme = schemeOnBoard(preparation, beams);
    const preparing = scheme.preparing();
    while (!preparing.next().done) {
      await setImmediate();
      signal.throwIfAborted();
    }
    const judge = evidenceJudge(preparation, beams);
    return (k: number) => {
      const user = this.#users[k]!;
      return userTraining(user, {
        ...{ scheme, judge, map: this.#map },
        fullScale: this.#fullScale.get(user.id),
        onFound: (training) => {
          const epoch = this.#numTrainings[k]!;
          if (estimates.has(`${user.id} ${epoch}`)) return;
          this.#sounder.note(training.estimate.codeword);
          const { name } = preparation.scenario.scheme;
          const serving = this.#serving(k, training.estimate.codeword);
          const lossDb = serving?.lossDb ?? this.#accounts.served.lossesPredicted(training.estimate.codeword);
          const rates = preparation.wideband === null ? null : serving;
          recording.append('losses', { ...lossesRow(user.id, lossDb, rates), epoch });
          const row = estimateRow(user.id, name, training, this.#lastSlot[k]!, rates);
          recording.append('estimates', { ...row, epoch });
        },
      });
    };
  }

  /** What the codeword that the scheme found is worth where the user was in its last slot; null where nobody knows. */
  #serving(turn: number, chosen: Codeword): Serving | null {
    const { truth } = this.#users[turn]!;
    if (truth === null) return null;
    const { testbed, preparation } = this.#parts;
    const { served } = this.#accounts;
    if (truth.motion === null) return served.servingOf(truth, turn, chosen);
    const boardTimeS = this.#sounder.epochs.startOfSlotS(this.#lastSlot[turn]!);
    const timeS = testbed.motionTimeS?.(boardTimeS) ?? boardTimeS;
    const { array, codebook, best } = preparation;
    const paths = pathsAt(truth, timeS, array);
    const there = { ...truth, positionM: positionAt(truth, timeS), paths };
    if (best()[turn] === null) return served.servingOf(there, turn, chosen, null);
    this.#bestBeam ??= bestBeamOf(codebook);
    return served.servingOf(there, turn, chosen, this.#bestBeam(paths).codeword);
  }

  #noteTrainings({ pilots }: EpochPlan, firstSlot: number): void {
    for (const [k, { user, training }] of pilots.entries()) {
      if (training === null) continue;
      this.#lastSlot[user] = firstSlot + k;
      this.#numTrainings[user] = training.training;
    }
  }

  #epochPilots(plan: EpochPlan): EpochPilot[] {
    const counts = new Map<string, number>();
    return plan.pilots.map(({ codeword, listeners, ...pilot }) => {
      const asked = `${pilot.user} ${pilot.purpose}`;
      const position = counts.get(asked) ?? 0;
      counts.set(asked, position + 1);
      const ues = listeners.map((user) => this.#ids[user]!);
      return { ...soundingOf(pilot, plan, this.#ids[pilot.user]!, position), ues, codeword };
    });
  }

  #record(plan: EpochPlan, firstSlot: number, measured: EpochPowers): void {
    const { recording } = this.#parts;
    const { codebook } = this.#plan.tracking;
    for (const [k, { failure }] of plan.users.entries()) {
      if (failure === null) continue;
      const detail = { ue: this.#ids[k]!, code: failure.code, what: failure.message };
      recording.event('user failed', detail);
    }
    this.#recordTroubles(plan);
    const timeS = this.#parts.testbed.motionTimeS?.(plan.beginsAtS) ?? plan.beginsAtS;
    const moments = this.#users.map((user, k) => this.#truth.of(user, timeS, plan.users[k]!.column));
    for (const row of positionRows(plan, this.#ids, moments)) recording.append('positions', row);
    for (const row of predictionRows(plan, codebook, this.#ids)) recording.append('predictions', row);
    // What follows from an epoch's powers is decided anew unless this is there: it comes last.
    const rows = epochRows(plan, firstSlot, measured, codebook, this.#ids, moments);
    for (const row of rows) recording.append('epochs', row);
  }

  /** What begins, and what is over. */
  #recordTroubles({ epoch, users }: EpochPlan): void {
    for (const [k, { troubles }] of users.entries()) {
      const ue = this.#ids[k]!;
      const before = this.#troubles[k]!;
      const tell = (kind: string, trouble: Trouble) =>
        this.#parts.recording.event(kind, { ue, trouble, epoch } satisfies TroubleDetail);
      for (const trouble of troubles) if (!before.includes(trouble)) tell(TROUBLE, trouble);
      for (const trouble of before) if (!troubles.includes(trouble)) tell(TROUBLE_OVER, trouble);
    }
  }
}

async function recordedEpochs(recording: Recording): Promise<ReadonlyMap<number, EpochStart>> {
  const rows = await recording.rows('epochs');
  return new Map(
    rows.map(({ epoch, firstSlot, boardTimeS }) => [epoch, { epoch, firstSlot, beginsAtS: boardTimeS }]),
  );
}

/** Where an epoch was left out. */
function laterOf(recorded: ReadonlyMap<number, EpochStart>, epoch: number): EpochStart | null {
  const later = [...recorded.keys()].filter((each) => each > epoch);
  return later.length === 0 ? null : recorded.get(smallest(later))!;
}

async function recordedEstimates(recording: Recording): Promise<ReadonlySet<string>> {
  return new Set((await recording.rows('estimates')).map(({ ue, epoch }) => `${ue} ${epoch}`));
}

/** Of epochs whose probes came first, with which slot they went on. */
async function recordedServing(recording: Recording): Promise<ReadonlyMap<number, number>> {
  const rows = await recording.query(
    "SELECT batch, min(slot) AS slot FROM slots WHERE sounding LIKE '%/serve' GROUP BY batch",
  );
  return new Map(rows.map(({ batch, slot }) => [Number(batch), Number(slot)]));
}
