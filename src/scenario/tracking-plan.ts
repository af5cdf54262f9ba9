/** Whether the epochs of a scenario have room for what tracking sends in them: slots, codewords on the link, decisions. */
import type { BoardDescription } from '../../drivers/array-board.js';
import type { PolarCodebook } from '../codebook/polar.js';
import { trackerCodebook } from '../codebook/tracking.js';
import { BeamloopError } from '../core/errors.js';
import { seconds } from '../slots/plan-lint.js';
import type { PlannerOptions } from '../slots/slot-planner.js';
import type { LossRules } from '../tracking/power-watch.js';
import type { ProbingRules } from '../tracking/probing.js';
import { type Preparation, plannerOptions } from './plan.js';
import type { Scenario } from './scenario-schema.js';
import type { TrackingSection } from './tracking-schema.js';
import { linearArrayOf } from './users.js';

/** What a tracking run needs to know before it begins. */
export interface TrackingPlan {
  readonly section: TrackingSection;
  readonly codebook: PolarCodebook;
  /** From one epoch's first slot to the next one's. */
  readonly epochSlots: number;
  readonly numEpochs: number;
  readonly probing: ProbingRules;
  readonly loss: LossRules;
  /** Whether so many slots with so many different codewords, all of them new to the board, fit an epoch. */
  readonly fits: (numSlots: number, numCodewords: number) => boolean;
  readonly room: EpochRoom;
}

/** For people. */
interface EpochRoom {
  /** That serve all users. */
  readonly servingSlots: number;
  /** That the budget allows beside them, on average over its window. */
  readonly probes: number;
  /** Codewords that may be new in an epoch, all slots that serve and probe being there. */
  readonly mostCodewords: number;
  /** Of the epoch that slots, link, turnaround and prediction take when they all are new, s. */
  readonly busyS: number;
  /** Share of the epoch that the link is busy then. */
  readonly linkLoad: number;
}

/** The codebook of a scenario's tracker. */
export function trackingCodebook(scenario: Scenario, { codebook }: TrackingSection): PolarCodebook {
  return trackerCodebook(linearArrayOf(scenario, 'Tracking'), codebook);
}

/** What a tracker is told of the scenario's camera. */
export function frameInterval({ camera }: TrackingSection): { readonly frameIntervalS?: number } {
  return camera === undefined ? {} : { frameIntervalS: 1 / camera.rate };
}

/**
 * Null for scenarios that do not track.
 *
 * @throws PLAN_REFUSED, with the numbers and what would fit.
 */
export function planTracking(
  { scenario, users }: Pick<Preparation, 'scenario' | 'users'>,
  board: BoardDescription,
): TrackingPlan | null {
  const { tracking: section } = scenario;
  if (section === undefined) return null;
  const options = plannerOptions(scenario, board);
  const epochSlots = wholeSlots(section.epoch, options.slotDurationS);
  const fits = roomOf(section, options);
  const servingSlots = users.length * section.servingSlots;
  requireRoom(section, options, users.length, fits);
  const epochsIn = (timeS: number) => Math.max(1, Math.round(timeS / section.epoch));
  const { budget } = section.probing;
  const probes = Math.min(
    users.length * section.probing.mostPerEpoch,
    budget >= 1 ? Number.POSITIVE_INFINITY : Math.floor((budget / (1 - budget)) * servingSlots + 1e-9),
  );
  let mostCodewords = users.length;
  const numSlots = servingSlots + probes;
  while (mostCodewords < numSlots && fits(numSlots, mostCodewords + 1)) mostCodewords++;
  const link = options.link.of(mostCodewords, numSlots);
  return {
    section,
    codebook: trackingCodebook(scenario, section),
    epochSlots,
    numEpochs: epochsIn(section.duration),
    probing: { ...section.probing, windowEpochs: epochsIn(section.probing.window) },
    loss: {
      dropDb: section.lost.drop,
      overNoiseDb: section.lost.overNoise,
      afterEpochs: section.lost.after,
      giveUpAfter: section.lost.giveUpAfter,
      retryEpochs: epochsIn(section.lost.retryAfter),
    },
    fits,
    room: {
      servingSlots,
      probes,
      mostCodewords,
      busyS: busyS(section, options, numSlots, mostCodewords),
      linkLoad: link.timeS / section.epoch,
    },
  };
}

function wholeSlots(epochS: number, slotDurationS: number): number {
  const count = epochS / slotDurationS;
  const whole = Math.round(count);
  if (whole >= 1 && Math.abs(count - whole) < 1e-6 * count) return whole;
  const nearest = Math.max(1, whole) * slotDurationS;
  throw new BeamloopError('PLAN_REFUSED', {
    what: `An epoch of ${seconds(epochS)} is ${Number(count.toPrecision(6))} slots of ${seconds(slotDurationS)}`,
    where: 'tracking.epoch',
    todo: `Epochs begin with a slot: give a whole number of them, e.g. ${seconds(nearest)}`,
  });
}

/** What slots and codewords take of an epoch, s. */
function busyS(
  { prediction, probing }: TrackingSection,
  { link, slotDurationS, turnaroundS }: PlannerOptions,
  numSlots: number,
  numCodewords: number,
): number {
  // Powers of probes that come first are waited for, too.
  const turnarounds = probing.order === 'first' ? 2 : 1;
  return (
    numSlots * slotDurationS + turnarounds * turnaroundS + prediction + link.of(numCodewords, numSlots).timeS
  );
}

function roomOf(section: TrackingSection, options: PlannerOptions): TrackingPlan['fits'] {
  const { queueDepth, memoryDepth } = options;
  return (numSlots, numCodewords) =>
    numSlots <= queueDepth &&
    numCodewords <= memoryDepth &&
    busyS(section, options, numSlots, numCodewords) <= section.epoch * (1 + 1e-9);
}

/** Room for every user's serving beam, and for one more codeword, by which lost users are looked for. */
function requireRoom(
  section: TrackingSection,
  options: PlannerOptions,
  numUsers: number,
  fits: TrackingPlan['fits'],
): void {
  const numSlots = numUsers * section.servingSlots + 1;
  const numCodewords = numUsers + 1;
  if (fits(numSlots, numCodewords)) return;
  const { slotDurationS, turnaroundS, link, queueDepth, memoryDepth } = options;
  const needs =
    `${numUsers} users with ${section.servingSlots} serving slots each and a pilot more are ${numSlots} slots and up to ` +
    `${numCodewords} new codewords`;
  if (numSlots > queueDepth || numCodewords > memoryDepth) {
    throw new BeamloopError('PLAN_REFUSED', {
      what: `${needs} in an epoch; the board queues ${queueDepth} slots and holds ${memoryDepth} codewords`,
      where: 'tracking.servingSlots',
      todo: 'Give fewer serving slots or fewer users',
    });
  }
  const most = mostServingSlots(section, numUsers, fits);
  const least = Math.ceil(busyS(section, options, numSlots, numCodewords) / slotDurationS) * slotDurationS;
  const fewer = most < 1 ? '' : `, or tracking.servingSlots: ${most}`;
  throw new BeamloopError('PLAN_REFUSED', {
    what:
      `An epoch of ${seconds(section.epoch)} is too short: ${needs}, which take ` +
      `${seconds(numSlots * slotDurationS)} of slots, ${seconds(link.of(numCodewords, numSlots).timeS)} on the link, ` +
      `${seconds(turnaroundS)} of turnaround and ${seconds(section.prediction)} of prediction`,
    where: 'tracking.epoch',
    todo: `tracking.epoch: ${seconds(least)} would do${fewer}; or raise board.baud, or shorten slots and turnaround`,
  });
}

function mostServingSlots(
  { servingSlots }: TrackingSection,
  numUsers: number,
  fits: TrackingPlan['fits'],
): number {
  let most = servingSlots - 1;
  while (most > 0 && !fits(numUsers * most + 1, numUsers + 1)) most--;
  return most;
}
