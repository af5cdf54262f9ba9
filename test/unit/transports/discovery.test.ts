import { describe, expect, it } from 'vitest';
import { type PortDescription, resolvePort } from '../../../drivers/transports/discovery.js';
import { parseUsbPort, usbPortName } from '../../../drivers/transports/usb-ids.js';

const port = (path: string, ids: Partial<PortDescription> = {}): PortDescription => ({
  path,
  manufacturer: null,
  serialNumber: null,
  vendorId: null,
  productId: null,
  ...ids,
});

const list = async () => [
  port('/dev/ttyS0'),
  port('/dev/ttyUSB0', { vendorId: '0403', productId: '6014', serialNumber: 'FT1' }),
  port('/dev/ttyUSB1', { vendorId: '0403', productId: '6014', serialNumber: 'FT2' }),
  port('/dev/ttyACM0', { vendorId: '1fc9', productId: '0094', serialNumber: 'B:7' }),
];

const usb = (ids: string) => parseUsbPort(ids, `usb:${ids}`);

describe('which serial port is meant', () => {
  it('takes a path as it is, without looking', async () => {
    await expect(resolvePort('/dev/ttyUSB9', () => Promise.reject(new Error('looked')))).resolves.toBe(
      '/dev/ttyUSB9',
    );
  });

  it('finds a USB device by its ids, and by its serial number where there are several', async () => {
    await expect(resolvePort(usb('1FC9:0094'), list)).resolves.toBe('/dev/ttyACM0');
    await expect(resolvePort(usb('0403:6014:FT2'), list)).resolves.toBe('/dev/ttyUSB1');
    await expect(resolvePort(usb('1fc9:0094:B:7'), list)).resolves.toBe('/dev/ttyACM0');
  });

  it('names the candidates when a specification fits several devices', async () => {
    await expect(resolvePort(usb('0403:6014'), list)).rejects.toMatchObject({
      code: 'BAD_ARGUMENT',
      what: expect.stringMatching(/ttyUSB0 \(serial FT1\).*ttyUSB1 \(serial FT2\)/),
    });
  });

  it('says that a device is not plugged in', async () => {
    await expect(resolvePort(usb('dead:beef'), list)).rejects.toMatchObject({ code: 'PORT_NOT_FOUND' });
    await expect(resolvePort(usb('0403:6014:FT3'), list)).rejects.toMatchObject({ code: 'PORT_NOT_FOUND' });
  });

  it.each(['', '0403', '403:6014', '0403:601g', '0403:6014:'])('refuses the USB ids "%s"', (ids) => {
    expect(() => usb(ids)).toThrow(expect.objectContaining({ code: 'BAD_ARGUMENT' }));
  });

  it('writes ids as they are read, in lower case', () => {
    expect(['1FC9:0094', '0403:6014:FT2', '1fc9:0094:B:7'].map((ids) => usbPortName(usb(ids)))).toEqual([
      'usb:1fc9:0094',
      'usb:0403:6014:FT2',
      'usb:1fc9:0094:B:7',
    ]);
  });
});
