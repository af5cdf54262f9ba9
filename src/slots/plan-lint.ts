/** Refuses plans that link, memory or switch time cannot keep, with the numbers. */
import { type LinkUse, linkUseInWords } from '../../drivers/link/link-cost.js';
import { BeamloopError } from '../core/errors.js';
import { MAX_SLOT_TICKS, slotTicksOf } from '../core/slot-ticks.js';

/** The part of a board's description that a plan depends on. */
export interface PlanBoard {
  readonly memoryDepth: number;
  readonly queueDepth: number;
  readonly switchTimeS: number;
  readonly clockRateHz: number;
}

export interface SlotRules {
  readonly slotDurationS: number;
  /** Longest time that one user's training may take, s (how long the channel holds still); null = any. */
  readonly userTimeLimitS: number | null;
  /** Whether the pilots of one batch must follow one another without a gap. */
  readonly contiguous: boolean;
}

/** What the scheme may ask for at worst. */
export interface Demand {
  readonly numPilots: number;
  /** Pilots of the largest batch, and how many of them are different codewords. */
  readonly largestBatch: number;
  readonly largestBatchCodewords: number;
  /** From the first byte sent for a user to the end of its last slot, s. */
  readonly userTimeS: number;
  /** Of that, what loading and queueing takes. */
  readonly link: LinkUse;
}

/** Throws PLAN_REFUSED when the board cannot keep slots of this length at all. */
export function lintSlots(board: PlanBoard, rules: SlotRules): void {
  const { slotDurationS } = rules;
  if (board.memoryDepth < 1 || board.queueDepth < 1) {
    refuse(`The board holds ${board.memoryDepth} codewords and queues ${board.queueDepth} slots`, {
      where: 'board',
      todo: 'A plan needs at least one of each',
    });
  }
  if (board.switchTimeS >= slotDurationS) {
    refuse(
      `A slot of ${seconds(slotDurationS)} is over before the beam has settled: the board needs ` +
        `${seconds(board.switchTimeS)} to switch`,
      { where: 'slots.duration', todo: `Make slots longer than ${seconds(board.switchTimeS)}` },
    );
  }
  const { ticks, exactTicks, isKept } = slotTicksOf(slotDurationS, board.clockRateHz);
  if (!isKept) {
    const nearest = seconds(Math.min(Math.max(1, ticks), MAX_SLOT_TICKS) / board.clockRateHz);
    refuse(
      `A slot of ${seconds(slotDurationS)} is ${Number(exactTicks.toPrecision(9))} ticks of the board's ` +
        `${Number((board.clockRateHz / 1e6).toPrecision(9))} MHz clock`,
      {
        where: 'slots.duration',
        todo:
          ticks > MAX_SLOT_TICKS
            ? `The clock counts up to ${MAX_SLOT_TICKS} in a slot, ${nearest}; a number without a unit is in seconds`
            : `It must be a whole number of ticks, e.g. ${nearest}`,
      },
    );
  }
}

/** Throws PLAN_REFUSED when the scheme's worst case does not fit the rules. */
export function lintDemand(board: PlanBoard, rules: SlotRules, demand: Demand): void {
  if (rules.contiguous && demand.largestBatch > board.queueDepth) {
    refuse(
      `A batch of ${demand.largestBatch} pilots does not fit the board's queue of ${board.queueDepth} slots without a gap`,
      {
        where: 'slots.contiguous',
        todo: 'Allow gaps (contiguous: false) or use a scheme with smaller batches',
      },
    );
  }
  if (rules.contiguous && demand.largestBatchCodewords > board.memoryDepth) {
    refuse(
      `A batch of ${demand.largestBatchCodewords} codewords does not fit the board's memory of ${board.memoryDepth} ` +
        'without a gap',
      {
        where: 'slots.contiguous',
        todo: 'Allow gaps (contiguous: false) or use a scheme with smaller batches',
      },
    );
  }
  if (rules.userTimeLimitS !== null && demand.userTimeS > rules.userTimeLimitS) {
    refuse(
      `Training one user takes up to ${seconds(demand.userTimeS)} for ${demand.numPilots} pilots, more than the ` +
        `${seconds(rules.userTimeLimitS)} allowed; ${seconds(demand.link.timeS)} of it goes to ` +
        linkUseInWords(demand.link),
      {
        where: 'slots.userTimeLimit',
        todo: 'Raise the limit or the baud rate, shorten slots or turnaround, or use a scheme with fewer pilots',
      },
    );
  }
}

function refuse(what: string, parts: { readonly where: string; readonly todo: string }): never {
  throw new BeamloopError('PLAN_REFUSED', { what, ...parts });
}

/** A time as people write it, e.g. `125 us`. */
export function seconds(timeS: number): string {
  const [unit, scale] =
    timeS >= 1 ? ['s', 1] : timeS >= 1e-3 ? ['ms', 1e3] : timeS >= 1e-6 ? ['us', 1e6] : ['ns', 1e9];
  return `${Number((timeS * (scale as number)).toPrecision(6))} ${unit}`;
}
