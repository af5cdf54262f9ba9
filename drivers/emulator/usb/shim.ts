/** Compiles the shim that lets a program's libusb find emulated devices. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { BeamloopError } from '../../../src/core/errors.js';

const SOURCES = ['device.c', 'udev.c', 'usbfs.c'];

/** Where the C sources are: beside this file, or, where it was compiled to dist/, beside its own source. */
function sourceFolder(): string {
  const here = fileURLToPath(new URL('.', import.meta.url));
  if (existsSync(path.join(here, SOURCES[0]!))) return here;
  const root = fileURLToPath(new URL('../../../../', import.meta.url));
  return path.join(root, 'drivers/emulator/usb');
}

/** How a program is started so that it finds the devices of a bus. */
export interface UsbEnvironment {
  readonly LD_PRELOAD: string;
  readonly BEAMLOOP_USB_BUS: string;
}

/**
 * Compiles the shim to `output`, and returns the environment for programs that are to see the bus in the folder `bus`.
 *
 * @throws BeamloopError PORT_FAILED where there is no C compiler, or no Linux.
 */
export async function usbEnvironment(output: string, bus: string): Promise<UsbEnvironment> {
  // Programs watch it from their start on.
  mkdirSync(bus, { recursive: true });
  const sources = SOURCES.map((name) => path.join(sourceFolder(), name));
  const flags = ['-O2', '-shared', '-fPIC', '-pthread', '-o', output];
  try {
    await promisify(execFile)('cc', [...flags, ...sources, '-ldl']);
  } catch (cause) {
    const { code, stderr } = cause as NodeJS.ErrnoException & { stderr?: string };
    const lacks = code === 'ENOENT';
    const why = lacks ? 'there is no C compiler' : (stderr?.split('\n')[0] ?? String(cause));
    throw new BeamloopError('PORT_FAILED', {
      what: `The emulated USB bus cannot be made: ${why}`,
      todo: 'It needs Linux and, on Debian, the packages gcc and libc6-dev; or emulate a board at a pseudo-terminal or on TCP',
      cause,
    });
  }
  return { LD_PRELOAD: output, BEAMLOOP_USB_BUS: bus };
}
