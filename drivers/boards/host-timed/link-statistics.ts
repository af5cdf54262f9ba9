/** What a driver counts, in the words of the rest of beamloop: a command is a frame, and so is an answer. */
import type { LinkStatistics } from '../../array-board.js';
import type { ElementDriverStatistics } from './element-driver.js';

export function linkStatistics(
  driver: ElementDriverStatistics,
  { numLoaded, numReused }: { readonly numLoaded: number; readonly numReused: number },
  reconnects: number,
): LinkStatistics {
  return {
    framesSent: driver.commandsSent,
    framesReceived: driver.answersReceived,
    bytesSent: driver.bytesSent,
    bytesReceived: driver.bytesReceived,
    retransmissions: driver.retries,
    duplicatesReceived: 0,
    corruptFrames: driver.garbled,
    reconnects,
    roundTripS: driver.roundTripS,
    codewordsLoaded: numLoaded,
    codewordsReused: numReused,
  };
}
