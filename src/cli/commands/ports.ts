import { listPorts, type PortDescription } from '../../../drivers/transports/discovery.js';
import { findUsbDevices } from '../../../drivers/transports/usb-devices.js';
import { usbDeviceName, usbPortName } from '../../../drivers/transports/usb-ids.js';
import { BeamloopError } from '../../core/errors.js';
import { type Command, printJson, warn } from '../command.js';
import { formatTable } from '../text-table.js';

const COLUMNS = ['port', 'may be a board', 'by USB id', 'manufacturer'];

/** `beamloop ports`: serial ports and USB devices of this machine. Asks nobody; `beamloop boards` does. */
export const portsCommand: Command = (yargs, context) =>
  yargs.command(
    'ports',
    'List serial ports and USB devices, with the USB ids by which a scenario can name them',
    (builder) => builder.example('$0 ports', 'Then `beamloop boards` asks what is there'),
    async ({ json }) => {
      const { stdout, columns: widthColumns } = context;
      const ports = (await listPorts()).map((port) => ({
        ...port,
        spec: usbSpec(port),
        mayBeBoard: mayBeBoard(port),
      }));
      const { devices, warnings } = await usbDevices();
      if (json) return printJson(stdout, { ports, devices, warnings });
      warn(context, warnings);
      if (ports.length + devices.length === 0) return void stdout.write('There are no serial ports.\n');
      const columns = COLUMNS.map((name) => ({ title: name, align: 'left' as const }));
      const rows = [
        ...ports.map(({ path, spec, manufacturer, ...port }) => [
          path,
          port.mayBeBoard ? 'yes' : 'no',
          spec ?? '-',
          manufacturer ?? '-',
        ]),
        ...devices.map(({ spec, manufacturer }) => [spec, 'yes', spec, manufacturer ?? '-']),
      ];
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

/** Those that may be boards and are no serial port; where USB cannot be reached, why. */
async function usbDevices() {
  try {
    const devices = (await findUsbDevices())
      .filter(({ hasKernelDriver }) => !hasKernelDriver)
      .map(({ device: _, hasKernelDriver: __, ...described }) => ({
        ...described,
        spec: usbDeviceName(described),
      }));
    return { devices, warnings: [] };
  } catch (error) {
    if (!(error instanceof BeamloopError)) throw error;
    return { devices: [], warnings: [error.message] };
  }
}
