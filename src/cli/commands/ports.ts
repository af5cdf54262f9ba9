import { listPorts, type PortDescription } from '../../../drivers/transports/discovery.js';
import { usbPortName } from '../../../drivers/transports/usb-ids.js';
import { type Command, printJson } from '../command.js';
import { formatTable } from '../text-table.js';

const COLUMNS = ['port', 'may be a board', 'by USB id', 'manufacturer'];

/** `beamloop ports`: the serial ports of this machine. Asks nobody; `beamloop board PORT` does. */
export const portsCommand: Command = (yargs, { stdout, columns: widthColumns }) =>
  yargs.command(
    'ports',
    'List serial ports, with the USB ids by which a scenario can name them',
    (builder) => builder.example('$0 ports', 'Then `beamloop board PORT` asks what is there'),
    async ({ json }) => {
      const ports = (await listPorts()).map((port) => ({
        ...port,
        spec: usbSpec(port),
        mayBeBoard: mayBeBoard(port),
      }));
      if (json) return printJson(stdout, { ports });
      if (ports.length === 0) return void stdout.write('There are no serial ports.\n');
      const columns = COLUMNS.map((name) => ({ title: name, align: 'left' as const }));
      const rows = ports.map((port) => [
        port.path,
        port.mayBeBoard ? 'yes' : 'no',
        port.spec ?? '-',
        port.manufacturer ?? '-',
      ]);
      return void stdout.write(formatTable({ columns, rows }, widthColumns));
    },
  );

/** Boards are USB devices; a port without USB ids is a UART of the computer itself, usually with nothing behind it. */
function mayBeBoard(port: PortDescription): boolean {
  return port.vendorId !== null;
}

function usbSpec({ vendorId, productId, serialNumber }: PortDescription): string | null {
  if (vendorId === null || productId === null) return null;
  return usbPortName({ vendorId, productId, serialNumber });
}
