/** A process that is an emulated USB device and sends back every byte. Tells its parent how to reach it; ends with it. */
import { PrivateDirectory } from '../drivers/emulator/private-directory.js';
import { usbEnvironment } from '../drivers/emulator/usb/shim.js';
import { UsbHost } from '../drivers/emulator/usb/usb-host.js';

const directory = new PrivateDirectory();
const bus = directory.file('bus');
const environment = await usbEnvironment(directory.file('shim'), bus);
const host: UsbHost = new UsbHost({
  bus,
  socket: directory.file('wire'),
  onBytes: (chunk) => host.write(chunk),
});
await host.plug();
process.on('disconnect', () => process.exit(0));
process.send?.({ path: host.path, environment });
