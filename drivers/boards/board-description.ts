/** A Welcome in the units of the rest of beamloop. Fixed lines, which it does not tell, are missing: `withLines`. */

import { selectorBits } from '../../firmware-protocol/element-settings.js';
import type { BoardDescription } from '../array-board.js';
import type { WelcomeMessage } from '../link/session.js';

export function describeBoard(welcome: WelcomeMessage): BoardDescription {
  return {
    model: welcome.model,
    serialNumber: welcome.serialNumber,
    firmware: welcome.firmware,
    protocolVersion: `${welcome.versionMajor}.${welcome.versionMinor}`,
    numElements: welcome.numElements,
    phaseBits: welcome.phaseBits,
    delayBits: welcome.delayBits,
    delayLsbS: welcome.delayBits === 0 ? 0 : welcome.delayLsbFs / 1e15,
    delayRangeS: welcome.delayBits === 0 ? 0 : Number(welcome.delayRangeFs) / 1e15,
    amplitudeBits: welcome.amplitudeBits,
    lineBits: 0,
    delayLinesS: null,
    memoryDepth: welcome.memoryDepth,
    queueDepth: welcome.queueDepth,
    switchTimeS: welcome.switchTimeNs / 1e9,
    clockRateHz: welcome.clockRateHz,
  };
}

/** The description with what the board says about its fixed lines. */
export function withLines(
  board: BoardDescription,
  delayLinesS: readonly Float64Array[] | null,
): BoardDescription {
  return { ...board, delayLinesS, lineBits: selectorBits(delayLinesS?.length ?? 0) };
}

/** Whether both are the same device in the same shape; its firmware may have been updated. */
export function sameBoard(a: BoardDescription, b: BoardDescription): boolean {
  // The lines are no part of a welcome.
  const ignored: ReadonlySet<keyof BoardDescription> = new Set([
    'firmware',
    'protocolVersion',
    'lineBits',
    'delayLinesS',
  ]);
  return (Object.keys(a) as (keyof BoardDescription)[]).every((key) => ignored.has(key) || a[key] === b[key]);
}
