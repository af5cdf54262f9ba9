/** Whether this machine can keep the slots of a board that has no slot clock, and what receipts will say; docs/boards.md. */
import { EVIDENCE, type Evidence, type HostTiming } from '../../drivers/array-board.js';
import { BeamloopError } from '../core/errors.js';
import { BEAM_STANDS_BY } from '../core/slot-window.js';
import { seconds } from './plan-lint.js';

/** Shortest slot that can be kept: the beam stands in its first third, and the next one is prepared before the slot ends. */
export function leastHostSlotS({ atSlotS, aheadS, settleS, jitterS }: HostTiming): number {
  return Math.max((atSlotS + settleS + jitterS) / BEAM_STANDS_BY, aheadS + atSlotS + jitterS);
}

const IN_WORDS: Readonly<Record<Evidence, string>> = {
  sent: 'sent: nothing more is known than that the bytes went out',
  acknowledged: 'acknowledged: the board answers, and does not say when it applied the codeword',
  latched: 'latched: the board, or the line that triggers it, says when the codeword was applied',
};

/** What a dry run says of it. */
export function hostTimedLines(timing: HostTiming, slotDurationS: number): string[] {
  return [
    `kept by this machine, so they are of milliseconds: ${partsInWords(timing)}; slots from ${seconds(upMs(leastHostSlotS(timing)))} on, here ${seconds(slotDurationS)}`,
    `receipts say at most '${timing.evidence}'${IN_WORDS[timing.evidence].slice(timing.evidence.length)}`,
  ];
}

function partsInWords({ aheadS, atSlotS, settleS, jitterS }: HostTiming): string {
  return [
    ...(aheadS > 0 ? [`up to ${about(aheadS)} to prepare a codeword ahead`] : []),
    `up to ${about(atSlotS)} to have it taken`,
    ...(settleS > 0 ? [`${about(settleS)} to settle`] : []),
    `${about(jitterS)} for this machine to be late`,
  ].join(', ');
}

/**
 * @param trust the least that receipts must say; `sent` unless given.
 * @throws PLAN_REFUSED, with the numbers and what to set.
 */
export function lintHostTimed(timing: HostTiming, slotDurationS: number, trust: Evidence = 'sent'): void {
  if (EVIDENCE.indexOf(timing.evidence) < EVIDENCE.indexOf(trust)) {
    throw new BeamloopError('PLAN_REFUSED', {
      what: `Receipts of this board can only say '${timing.evidence}', and '${trust}' is asked for`,
      where: 'board.trust',
      todo:
        trust === 'latched'
          ? 'Give it a command or a line that applies codewords (apply, trigger), or answers that mean it (means: applied); or ask for less'
          : 'Say in its template what it answers (answers), if it does; or ask for less',
    });
  }
  const leastS = leastHostSlotS(timing);
  // What is advised below is kept, rounding or not.
  if (slotDurationS >= leastS * (1 - 1e-9)) return;
  throw new BeamloopError('PLAN_REFUSED', {
    what:
      `A slot of ${seconds(slotDurationS)} is too short for a board whose slots this machine keeps: it takes ${partsInWords(timing)}, ` +
      'and the beam must stand in the first third of the slot',
    where: 'slots.duration',
    todo: `Make slots at least ${seconds(upMs(leastS))} long; faster are a higher baud rate, one command for all elements, a table on the board, or a command that applies what was written before (docs/boards.md)`,
  });
}

/** Three digits are what such times are known to. */
function about(timeS: number): string {
  return seconds(Number(timeS.toPrecision(3)));
}

/** Up to the next whole millisecond. */
function upMs(timeS: number): number {
  return Math.ceil(timeS * 1e3 - 1e-9) / 1e3;
}
