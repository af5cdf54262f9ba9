/** Where an emulated board can be reached: a pseudo-terminal, a TCP port, an emulated USB bus. */
import type { PrivateDirectory } from './private-directory.js';
import { PtyHost } from './pty-host.js';
import { TcpHost } from './tcp-host.js';
import { usbEnvironment } from './usb/shim.js';
import { UsbHost } from './usb/usb-host.js';

export type PlugKind =
  | { readonly kind: 'pty' }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  /** With `bus`, on a bus that others may share; else on one of its own. */
  | { readonly kind: 'usb'; readonly bus?: string };

interface Plug {
  /** Its name as a port. */
  readonly path: string;
  plug(): Promise<void>;
  unplug(): void;
  write(bytes: Uint8Array): void;
  setPaused(paused: boolean): void;
}

/** What programs have to be started with, beside the plug itself, to find it. */
interface MadePlug {
  readonly plug: Plug;
  readonly environment: Readonly<Record<string, string>>;
}

/** @param board which of the boards that share the directory, from 0. */
export async function makePlug(
  kind: PlugKind,
  board: number,
  serialNumber: string,
  directory: PrivateDirectory,
  onBytes: (chunk: Uint8Array) => void,
): Promise<MadePlug> {
  switch (kind.kind) {
    case 'pty':
      return {
        plug: new PtyHost(directory.file(board === 0 ? 'board' : `brd${board}`), onBytes),
        environment: {},
      };
    case 'tcp':
      // A port that was asked for can be of one board only.
      return { plug: new TcpHost({ ...kind, port: board === 0 ? kind.port : 0, onBytes }), environment: {} };
    case 'usb': {
      const bus = kind.bus ?? directory.file('bus');
      const environment = await usbEnvironment(directory.file('shim'), bus);
      const identity = { serialNumber };
      return {
        plug: new UsbHost({
          bus,
          socket: directory.file(board === 0 ? 'wire' : `usb${board}`),
          identity,
          onBytes,
        }),
        environment: { ...environment },
      };
    }
  }
}
