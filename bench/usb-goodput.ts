/** The link over USB: libusb, an emulated bus, the emulated board; against the same bus with nothing on top. Linux with a C compiler. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startEmulatedBoard } from '../src/emulation/start-emulated-board.js';
import { type Benchmark, type BenchRow, comparison } from './benchmark.js';
import { type Loaded, NUM_CODEWORDS } from './link-loads.js';
import { type Environment, measuredOverUsb } from './usb-measured.js';

async function loaded(): Promise<Loaded> {
  const board = await startEmulatedBoard({}, undefined, { kind: 'usb' });
  const result = await measuredOverUsb<Loaded>('load', board.path, board.environment);
  await board.close();
  return result;
}

async function echoed(): Promise<number> {
  const device = fork(fileURLToPath(new URL('./usb-echo.js', import.meta.url)));
  const [{ path, environment }] = (await once(device, 'message')) as [
    { path: string; environment: Environment },
  ];
  const result = await measuredOverUsb<number>('echo', path, environment);
  device.disconnect();
  return result;
}

export const usbGoodput: Benchmark = {
  name: 'usb-goodput',
  async run(): Promise<BenchRow[]> {
    const echo = await echoed();
    const { bytesPerS, codewordBytes } = await loaded();
    return [
      comparison({
        what: `loading ${NUM_CODEWORDS} codewords of ${codewordBytes} bytes, confirmed, through libusb and an emulated bus, not paced`,
        value: bytesPerS * 1e-6,
        unit: 'MB/s',
        alternative: 'a raw loop of bulk transfers there',
        alternativeValue: echo * 1e-6,
      }),
    ];
  },
};
