/**
 * Codewords as the points that they focus on, against the same codewords element by element: over a paced serial line, and over an
 * emulated USB bus (Linux with a C compiler), which nothing paces.
 */
import { openNativeBoard } from '../drivers/boards/open-native-board.js';
import { SerialTransport } from '../drivers/transports/serial.js';
import { startEmulatedBoard } from '../src/emulation/start-emulated-board.js';
import { type Benchmark, type BenchRow, comparison } from './benchmark.js';
import { type Loading, loading, NUM_CODEWORDS } from './codeword-loading.js';
import { measuredOverUsb } from './usb-measured.js';

const BAUD = 3_000_000;

/** By a board in a process of its own. */
async function overSerial(asPoints: boolean): Promise<Loading> {
  const emulated = await startEmulatedBoard({ model: { baud: BAUD }, realtime: true });
  try {
    const transport = new SerialTransport({ port: emulated.path, baudRate: BAUD });
    return await loading(await openNativeBoard({ transport, baudRate: BAUD }), asPoints);
  } finally {
    await emulated.close();
  }
}

async function overUsb(asPoints: boolean): Promise<Loading> {
  const emulated = await startEmulatedBoard({}, undefined, { kind: 'usb' });
  try {
    return await measuredOverUsb<Loading>(
      asPoints ? 'points' : 'settings',
      emulated.path,
      emulated.environment,
    );
  } finally {
    await emulated.close();
  }
}

export const codewordParameters: Benchmark = {
  name: 'codeword-parameters',
  async run(): Promise<BenchRow[]> {
    const [points, settings] = [await overSerial(true), await overSerial(false)];
    const usb = { points: await overUsb(true), settings: await overUsb(false) };
    const loaded = `loading ${NUM_CODEWORDS} codewords of 512 elements`;
    const serial = `at ${BAUD / 1e6} Mbaud`;
    const rate = (what: string, value: Loading, alternative: string, against: Loading) =>
      comparison({
        ...{ what: `${loaded} ${what}`, value: value.codewordsPerS, unit: 'codewords/s' },
        ...{ alternative, alternativeValue: against.codewordsPerS },
      });
    return [
      rate(`as points, confirmed, ${serial}`, points, 'the same element by element', settings),
      comparison({
        what: `${loaded} as points, confirmed, ${serial}: sent for each`,
        ...{ value: points.bytesPerCodeword, unit: 'bytes' },
        ...{ alternative: 'the same element by element', alternativeValue: settings.bytesPerCodeword },
        target: { of: 'ratio', atMost: 0.1 },
      }),
      rate(
        'as points, confirmed, over emulated USB',
        usb.points,
        'the same element by element',
        usb.settings,
      ),
      rate('as points, confirmed, over emulated USB', usb.points, `the same ${serial}`, points),
      rate('element by element, confirmed, over emulated USB', usb.settings, `the same ${serial}`, settings),
    ];
  },
};
