/** A process that was started with an emulated USB bus, and measures what a port of it carries: `load PORT` or `echo PORT`. */
import { openNativeBoard } from '../drivers/boards/open-native-board.js';
import { openPort } from '../drivers/transports/open-port.js';
import { BAUD } from '../src/core/bounds.js';
import { echoBytesPerS, loadingBytesPerS } from './link-loads.js';

const [what, port = ''] = process.argv.slice(2);
const opened = openPort(port, { baudRate: BAUD.most });
const result =
  what === 'load'
    ? await loadingBytesPerS(await openNativeBoard(opened))
    : await echoBytesPerS(opened.transport);
process.on('disconnect', () => process.exit(0));
process.send?.(result);
