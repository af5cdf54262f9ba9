/** What `board.emulated` says of a board that speaks its own language, and what it cannot say. */
import { DEFAULT_BOARD } from '../../drivers/emulator/board-model.js';
import type { OwnBoardConfig, OwnBoardKind } from '../../drivers/emulator/own/own-board.js';
import { BeamloopError } from '../core/errors.js';
import { type EmulatedSection, impairmentsOf } from './emulated-section.js';

/** Keys of the section that say what the board's own file, or its kind, says. */
const OF_THE_FIRMWARE = {
  phaseBits: DEFAULT_BOARD.phaseBits,
  delayBits: DEFAULT_BOARD.delayBits,
  amplitudeBits: DEFAULT_BOARD.amplitudeBits,
  memoryDepth: DEFAULT_BOARD.memoryDepth,
  queueDepth: DEFAULT_BOARD.queueDepth,
  switchTime: DEFAULT_BOARD.switchTimeS,
  clockRate: DEFAULT_BOARD.clockRateHz,
  clockDriftPpm: 0,
  lines: undefined,
} as const satisfies Partial<Record<keyof EmulatedSection, unknown>>;

/** @throws SCENARIO_INVALID for what only boards with the firmware have. */
function requireOwnSection(section: EmulatedSection): void {
  const key = (Object.keys(OF_THE_FIRMWARE) as (keyof typeof OF_THE_FIRMWARE)[]).find(
    (each) => section[each] !== OF_THE_FIRMWARE[each],
  );
  if (key !== undefined)
    refuse(key, 'is of boards with the firmware; what this board is, its driver and its file say');
  const { faults, at } = section;
  if (faults.fragmentBytes !== null) refuse('faults.fragment', 'is of boards with the firmware');
  if (faults.memoryDelayS > 0) refuse('faults.slowMemory', 'is of boards with the firmware');
  if (faults.missRate > 0 || faults.missedSlots.length > 0)
    refuse('faults.missedLatches', 'is of boards that latch by themselves');
  if (faults.events.some(({ trigger }) => trigger.kind === 'slot')) {
    refuse('faults.events', 'are of slots, of which this board knows nothing: use atTime or atBytes');
  }
  if (at === 'usb') refuse('at', 'cannot be usb for a board that speaks its own language');
}

/** @throws SCENARIO_INVALID for a board with the firmware whose answers are to fail: it has faults of its line. */
export function requireNoReplies(section: EmulatedSection): void {
  if (section.replies !== undefined)
    refuse('replies', 'is of boards that speak their own language; the firmware has faults.toHost');
}

/**
 * The board as its process makes it.
 *
 * @param columns of a planar array; null of a linear one.
 */
export function ownBoardConfig(
  section: EmulatedSection,
  seed: number,
  columns: number | null,
  own: OwnBoardKind,
): OwnBoardConfig {
  requireOwnSection(section);
  const { faults, replies, serialNumber } = section;
  return { ...own, serialNumber, rf: impairmentsOf(section, seed, columns), faults, replies, seed };
}

function refuse(key: string, what: string): never {
  throw new BeamloopError('SCENARIO_INVALID', {
    what: `'${key}' ${what}`,
    where: `board.emulated.${key}`,
    todo: 'Leave it out',
  });
}
