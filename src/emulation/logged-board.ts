/** The board of a wire log, as an emulated one can be made from it. */
import type { BoardModel } from '../../drivers/emulator/board-model.js';
import type { WirePacket } from '../../drivers/wire/pcapng.js';
import { readStretch } from '../../drivers/wire/reading.js';
import type { PayloadOf } from '../../firmware-protocol/registry.js';
import { BeamloopError } from '../core/errors.js';

/** So fast that the line takes no time: the log's own times are kept where it was slow. */
const BAUD = 100_000_000;

/**
 * What the logged board said of itself, and of its lines.
 *
 * @throws BeamloopError FILE_UNREADABLE when the log holds no Welcome.
 */
export async function loggedModel(packets: AsyncIterable<WirePacket>): Promise<Partial<BoardModel>> {
  let welcome: PayloadOf<'Welcome'> | null = null;
  let lines: Float64Array[] = [];
  for await (const { from, stretch } of packets) {
    if (from !== 'board') continue;
    const reading = readStretch(stretch, 'board');
    if (reading.kind !== 'message') continue;
    if (reading.name === 'Welcome' && reading.value.session !== 0)
      welcome ??= reading.value as unknown as PayloadOf<'Welcome'>;
    if (reading.name !== 'LineDelays' || welcome === null) continue;
    const { numLines, line, firstElement, delays } = reading.value as unknown as PayloadOf<'LineDelays'>;
    const { numElements } = welcome;
    if (lines.length !== numLines)
      lines = Array.from({ length: numLines }, () => new Float64Array(numElements));
    for (const [k, { delayFs }] of delays.entries()) {
      if (line < numLines && firstElement + k < numElements) lines[line]![firstElement + k] = delayFs * 1e-15;
    }
  }
  if (welcome === null) {
    throw new BeamloopError('FILE_UNREADABLE', {
      what: 'The log holds no Welcome: nobody can tell what board this was',
      todo: 'Log from the opening of the port on',
    });
  }
  const { model, serialNumber, firmware, numElements, phaseBits, delayBits, amplitudeBits } = welcome;
  const { memoryDepth, queueDepth, clockRateHz, maxPayload, delayLsbFs, delayRangeFs, switchTimeNs } =
    welcome;
  return {
    ...{ model, serialNumber, firmware, numElements, phaseBits, delayBits, amplitudeBits },
    ...{ memoryDepth, queueDepth, clockRateHz, maxPayload, baud: BAUD },
    delayLsbS: delayLsbFs * 1e-15,
    delayRangeS: Number(delayRangeFs) * 1e-15,
    switchTimeS: switchTimeNs * 1e-9,
    delayLinesS: lines.length === 0 ? null : lines,
  };
}
