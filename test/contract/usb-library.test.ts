import { expect, it } from 'vitest';
import { openPort } from '../../drivers/transports/open-port.js';
import { portsCommand } from '../../src/cli/commands/ports.js';
import { runCommand } from '../fixtures/run-command.js';

// Where the package looks for its compiled part.
process.env.USB_PREBUILD = '/nowhere';

it('a machine where libusb does not load is told so when a USB port is asked for, and has its other ports', async () => {
  const { transport } = openPort('usb:device=1209:0001', { baudRate: 115_200 });
  const quiet = { onBytes: () => {}, onClosed: () => {} };
  await expect(transport.open(quiet)).rejects.toMatchObject({
    code: 'PORT_FAILED',
    what: expect.stringMatching(/^USB devices cannot be reached from this machine: .*native build/),
    where: transport.name,
    todo: expect.stringContaining('npm rebuild usb'),
  });
  const serial = openPort('usb:1209:0001', { baudRate: 115_200 }).transport;
  await expect(serial.open(quiet)).rejects.toMatchObject({
    code: expect.stringMatching(/PORT_NOT_FOUND|PORT_FAILED/),
    message: expect.not.stringContaining('native build'),
  });
  const listed = await runCommand(portsCommand, 'ports').catch(() => null);
  // Without udevadm there is no list at all.
  if (listed !== null) expect(listed.stderr).toMatch(/warning: USB devices cannot be reached/);
});
