/** What a board says of itself, in words and as JSON. */

import type { BoardTelemetry } from '../../../drivers/array-board.js';
import type { BoardState } from '../../../drivers/boards/board-state.js';
import { largest } from '../../core/extremes.js';
import { plural } from '../../core/plural.js';
import { printable } from '../../core/printable.js';

/** For machines. */
export function stateAsJson(port: string, { description, held, boardTime, telemetry, link }: BoardState) {
  return {
    port,
    // Typed arrays are no lists in JSON.
    description: { ...description, delayLinesS: description.delayLinesS?.map((line) => [...line]) ?? null },
    memory: { depth: description.memoryDepth, held },
    clock: { boardTimeS: [boardTime.loS, boardTime.hiS] },
    telemetry,
    greeting: greeted(telemetry),
    link,
  };
}

/** For people. */
export function stateAsText(
  port: string,
  { description: d, held, boardTime, telemetry: t, link }: BoardState,
): string {
  const { loS, hiS } = boardTime;
  const adjustable = `${d.delayBits} bits of ${figure(d.delayLsbS * 1e12)} ps, up to ${figure(d.delayRangeS * 1e12)} ps`;
  const fixed = (lines: readonly Float64Array[]) =>
    `${lines.length} fixed lines, up to ${figure(longestS(lines) * 1e9)} ns`;
  const delay = [
    ...(d.delayBits === 0 ? [] : [adjustable]),
    ...(d.delayLinesS === null ? [] : [fixed(d.delayLinesS)]),
  ].join('; ');
  const lines: [string, string][] = [
    ['board', `${d.model}, serial number ${d.serialNumber}, firmware ${d.firmware}, at ${port}`],
    ['protocol', d.protocolVersion],
    ['elements', `${d.numElements}; phase ${d.phaseBits} bits, amplitude ${d.amplitudeBits} bits`],
    ['true time delay', delay === '' ? 'none' : delay],
    ['memory', `${held} of ${d.memoryDepth} codewords held`],
    ['slot queue', `${t.queueDepth} of ${d.queueDepth} slots queued`],
    ['switch time', `${figure(d.switchTimeS * 1e6)} µs`],
    ['clock', `${figure(d.clockRateHz / 1e6)} MHz, board time ${loS.toFixed(6)} s to ${hiS.toFixed(6)} s`],
    ['state', `${t.armed ? 'armed' : 'not armed'}, ${t.muted ? 'muted' : 'not muted'}`],
    ['this command', greeted(t)],
    ['telemetry', `${t.temperatureC.toFixed(1)} °C, ${t.supplyV.toFixed(2)} V`],
    ['round trip', link.roundTripS === null ? '-' : `${figure(link.roundTripS * 1e3)} ms`],
  ];
  return lines.map(([name, value]) => `${name.padEnd(17)}${printable(value)}\n`).join('');
}

/** What greeting did to the board, and what that means for what an earlier program left on it. */
function greeted({ muted, armed, queueDepth }: BoardTelemetry): string {
  if (!armed) return 'began a session, which changed nothing: the slot clock was not running';
  const queued = `${plural(queueDepth, 'slot')} that an earlier program queued`;
  return muted
    ? `began a session, for which a running board mutes itself until it is armed again: ${queued} pass unlatched`
    : `began a session, for which the board should have muted itself (SPEC 8.1) and did not: ${queued} may be radiated`;
}

function longestS(lines: readonly Float64Array[]): number {
  return largest(lines.map((line) => line.reduce((a, b) => Math.max(a, b))));
}

function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}
