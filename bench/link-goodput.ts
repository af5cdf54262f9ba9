import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openNativeBoard } from '../drivers/boards/open-native-board.js';
import { SerialTransport } from '../drivers/transports/serial.js';
import { startEmulatedBoard } from '../src/emulation/start-emulated-board.js';
import { type Benchmark, type BenchRow, comparison } from './benchmark.js';
import { echoBytesPerS, type Loaded, loadingBytesPerS, NUM_CODEWORDS } from './link-loads.js';

const BAUD = 3_000_000;
/** Start bit, 8 data bits, stop bit. */
const LINE_BYTES_PER_S = BAUD / 10;

/** A board in a process of its own, behind a pseudo-terminal. */
async function serialBytesPerS(paced: boolean): Promise<Loaded> {
  const emulated = await startEmulatedBoard({ model: { baud: BAUD }, realtime: paced });
  const transport = new SerialTransport({ port: emulated.path, baudRate: BAUD });
  const loaded = await loadingBytesPerS(await openNativeBoard({ transport, baudRate: paced ? BAUD : null }));
  await emulated.close();
  return loaded;
}

/** To a process behind a pseudo-terminal and back, with nothing on top of serialport. */
async function serialEchoBytesPerS(): Promise<number> {
  const child = fork(fileURLToPath(new URL('./pty-echo.js', import.meta.url)));
  const [path] = (await once(child, 'message')) as [string];
  const bytesPerS = await echoBytesPerS(new SerialTransport({ port: path, baudRate: BAUD }));
  child.disconnect();
  return bytesPerS;
}

export const linkGoodput: Benchmark = {
  name: 'link-goodput',
  async run(): Promise<BenchRow[]> {
    const echo = await serialEchoBytesPerS();
    const paced = await serialBytesPerS(true);
    const unpaced = await serialBytesPerS(false);
    const what = `loading ${NUM_CODEWORDS} codewords of ${paced.codewordBytes} bytes`;
    const toMegabytes = 1e-6;
    return [
      comparison({
        what: `${what}, confirmed, through serialport and a pseudo-terminal paced at ${BAUD / 1e6} Mbaud`,
        value: paced.bytesPerS * toMegabytes,
        unit: 'MB/s of codewords',
        alternative: 'the line rate, every byte of it',
        alternativeValue: LINE_BYTES_PER_S * toMegabytes,
        target: { of: 'ratio', atLeast: 0.9 },
      }),
      comparison({
        what: `${what}, the same`,
        value: paced.bytesPerS * toMegabytes,
        unit: 'MB/s',
        alternative: 'a raw pseudo-terminal echo, not paced',
        alternativeValue: echo * toMegabytes,
      }),
      comparison({
        what: `${what}, not paced (virtual time)`,
        value: unpaced.bytesPerS * toMegabytes,
        unit: 'MB/s',
        alternative: 'a raw pseudo-terminal echo, not paced',
        alternativeValue: echo * toMegabytes,
      }),
    ];
  },
};
