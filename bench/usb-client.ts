/** A process that was started with an emulated USB bus, and measures what a port of it carries: `load`, `echo`, `points` or `settings`, and the port. */
import { openNativeBoard } from '../drivers/boards/open-native-board.js';
import { openPort } from '../drivers/transports/open-port.js';
import { BAUD } from '../src/core/bounds.js';
import { loading } from './codeword-loading.js';
import { echoBytesPerS, loadingBytesPerS } from './link-loads.js';
import type { UsbMeasurement } from './usb-measured.js';

const [what, port = ''] = process.argv.slice(2) as [UsbMeasurement, string?];
const opened = openPort(port, { baudRate: BAUD.most });

async function measure(): Promise<unknown> {
  if (what === 'echo') return echoBytesPerS(opened.transport);
  const board = await openNativeBoard(opened);
  return what === 'load' ? loadingBytesPerS(board) : loading(board, what === 'points');
}

const result = await measure();
process.on('disconnect', () => process.exit(0));
process.send?.(result);
