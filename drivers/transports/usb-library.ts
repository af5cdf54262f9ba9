/** libusb, through the package `usb`: loaded when the first USB port is asked for, so that nobody else needs it to load. */
import type * as Usb from 'usb';
import { BeamloopError } from '../../src/core/errors.js';

export type UsbLibrary = typeof Usb.usb;
export type UsbDevice = Usb.Device;
export type UsbTransfer = InstanceType<UsbLibrary['Transfer']>;

let library: UsbLibrary | undefined;

/** @throws BeamloopError PORT_FAILED where it cannot be loaded. */
export async function loadUsb(where: string): Promise<UsbLibrary> {
  if (library !== undefined) return library;
  try {
    const { usb } = await import('usb');
    if (usb.INIT_ERROR) throw new Error(`libusb does not start (${usb.INIT_ERROR})`);
    library = usb;
    return usb;
  } catch (cause) {
    throw new BeamloopError('PORT_FAILED', {
      what: `USB devices cannot be reached from this machine: ${reasonOf(cause)}`,
      where,
      todo:
        'On Debian: sudo apt-get install libudev1, then npm rebuild usb in the folder of beamloop. ' +
        'Boards at serial ports and on TCP need none of this',
      cause,
    });
  }
}

function reasonOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.split('\n')[0] ?? text;
}

/** Number of a libusb error or of a transfer's status; null for any other error. */
export function errorNumber(error: unknown): number | null {
  const number = (error as { errno?: unknown } | null)?.errno;
  return typeof number === 'number' ? number : null;
}

let lastTurn: Promise<unknown> = Promise.resolve();

/**
 * One after the other: who looks for a device opens every candidate for a moment, and a device is open or not for all of
 * this process at once.
 */
export function inTurn<T>(task: () => Promise<T>): Promise<T> {
  const turn = lastTurn.then(task);
  lastTurn = turn.catch(() => {});
  return turn;
}
