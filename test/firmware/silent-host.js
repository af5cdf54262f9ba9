/**
 * A host that has a board latch a codeword in every slot, until it is killed: `node silent-host.js PORT WATCHDOG_S SLOTS SLOT_S`.
 * Runs compiled code.
 */
import { openNativeBoard } from '../../dist/drivers/boards/open-native-board.js';
import { openPort } from '../../dist/drivers/transports/open-port.js';

const [port, watchdogS, numSlots, slotDurationS] = [process.argv[2], ...process.argv.slice(3).map(Number)];
const baudRate = 3_000_000;
const board = await openNativeBoard({
  transport: openPort(port, { baudRate }).transport,
  baudRate,
  watchdogS,
});
const { numElements, delayBits, amplitudeBits, lineBits, clockRateHz } = board.description;
const codes = (bits) => (bits === 0 ? null : new Uint16Array(numElements));
const codeword = board.pack({
  phaseCode: new Uint16Array(numElements),
  delayCode: codes(delayBits),
  amplitudeCode: codes(amplitudeBits),
  lineCode: codes(lineBits),
});
await board.load([codeword]);
await board.queue(Array.from({ length: numSlots }, (_, slot) => ({ slot, hash: codeword.hash })));
const { hiS } = await board.readBoardTime();
const startBoardTimeS = Math.round((hiS + 0.2) * clockRateHz) / clockRateHz;
await board.arm({ firstSlot: 0, startBoardTimeS, slotDurationS });
process.on('disconnect', () => process.exit(0));
process.send('armed');
