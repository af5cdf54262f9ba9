/** What a plan must know of a host-timed board, from what its driver says before a port is touched. */
import { BeamloopError } from '../../../src/core/errors.js';
import type { BoardDescription, HostTiming } from '../../array-board.js';
import type { BoardIdentity, ElementDriverFacts, Word } from './element-driver.js';
import { evidenceOf } from './host-slots.js';

/** Slots that this machine keeps at once. */
export const HOST_QUEUE = 1024;
/** Codewords that this machine keeps for a board without a table. */
const HOST_TABLE = 4096;
/** Of its clock: whole microseconds, so that any slot of milliseconds is a whole number of ticks. */
const CLOCK_RATE_HZ = 1e6;

function hostTiming(facts: ElementDriverFacts, jitterS: number): HostTiming {
  const { timing, bytes, words, tableDepth, appliesApart } = facts;
  const hasTable = tableDepth > 0;
  const takeS = hasTable ? timing.selectS : timing.writeS;
  const takeBytes = hasTable ? bytes.select : bytes.write;
  const taken = hasTable ? wordAfter(words.store, words.select) : words.write;
  return {
    evidence: appliesApart ? evidenceOf(taken, words.apply) : evidenceOf(null, taken),
    atSlotS: appliesApart ? timing.applyS : takeS,
    aheadS: appliesApart ? takeS : 0,
    storeS: hasTable ? timing.storeS : 0,
    settleS: timing.settleS,
    jitterS,
    slotBytes: takeBytes + (appliesApart ? bytes.apply : 0),
    storeBytes: hasTable ? bytes.store : 0,
    baud: facts.baud,
  };
}

export function describeHostTimed(
  facts: ElementDriverFacts,
  { model, serialNumber, firmware }: BoardIdentity,
  jitterS: number,
): BoardDescription {
  const { numElements, phaseBits, amplitudeBits, tableDepth } = facts;
  const hostTimed = hostTiming(facts, jitterS);
  return {
    model,
    serialNumber,
    firmware,
    protocolVersion: 'its own',
    numElements,
    phaseBits,
    delayBits: 0,
    delayLsbS: 0,
    delayRangeS: 0,
    lineBits: 0,
    delayLinesS: null,
    amplitudeBits,
    memoryDepth: tableDepth > 0 ? tableDepth : HOST_TABLE,
    queueDepth: HOST_QUEUE,
    switchTimeS: hostTimed.atSlotS + hostTimed.settleS + jitterS,
    clockRateHz: CLOCK_RATE_HZ,
    hostTimed,
  };
}

/** Asked to be armed by a trigger. */
export function hasNoSlotClock(where: string): BeamloopError {
  return new BeamloopError('BOARD_REFUSED', {
    what: 'This board has no slot clock that its trigger input could start',
    where,
    todo: 'Arm it by time; a trigger line of its template is pulled by this machine for every slot',
  });
}

/** Asked to be armed for a time that has passed. */
export function isPast(where: string): BeamloopError {
  return new BeamloopError('BOARD_REFUSED', {
    what: 'The first slot was past when the board was armed',
    where,
    todo: 'Arm it farther ahead',
    cause: 'badTiming',
  });
}

/** What is known after a step that only counts where another one before it did: storing, then selecting. */
export function wordAfter(before: Word, word: Word): Word {
  return before === 'sent' ? 'sent' : word;
}
