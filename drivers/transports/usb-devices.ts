/** Which USB devices there are that may be boards, and which of them is the one with given ids. */
import { BeamloopError } from '../../src/core/errors.js';
import { type UsbPort, usbDeviceName } from './usb-ids.js';
import { errorNumber, inTurn, loadUsb, type UsbDevice, type UsbLibrary } from './usb-library.js';

const CLASS_VENDOR = 0xff;
const TRANSFER_TYPE = 0x03;
const DIRECTION_IN = 0x80;

/** An interface that carries bytes both ways: vendor-specific, with one bulk endpoint in each direction. */
export interface BulkInterface {
  readonly number: number;
  /** Addresses of its endpoints. */
  readonly outEndpoint: number;
  readonly inEndpoint: number;
  /** Largest packet from the host, bytes. */
  readonly packetBytes: number;
}

export interface UsbDeviceDescription extends UsbPort {
  readonly manufacturer: string | null;
  readonly product: string | null;
  /** Why its strings are not known: this user may not open it. */
  readonly isDenied: boolean;
  /** A driver of the kernel has its interface, as with adapters that are serial ports. */
  readonly hasKernelDriver: boolean;
}

function hex(id: number): string {
  return id.toString(16).padStart(4, '0');
}

/** Interfaces that a board may speak through, from the descriptors of the active configuration. */
export function bulkInterfaces(usb: UsbLibrary, device: UsbDevice): BulkInterface[] {
  const settings = device.configDescriptor?.interfaces.map(([first]) => first) ?? [];
  return settings.flatMap((setting) => {
    if (setting?.bInterfaceClass !== CLASS_VENDOR) return [];
    const bulk = setting.endpoints.filter(
      ({ bmAttributes }) => (bmAttributes & TRANSFER_TYPE) === usb.LIBUSB_TRANSFER_TYPE_BULK,
    );
    const isIn = ({ bEndpointAddress }: (typeof bulk)[number]) => (bEndpointAddress & DIRECTION_IN) !== 0;
    const [ins, outs] = [bulk.filter(isIn), bulk.filter((endpoint) => !isIn(endpoint))];
    const [into, out] = [ins[0], outs[0]];
    if (into === undefined || out === undefined || ins.length > 1 || outs.length > 1) return [];
    return {
      number: setting.bInterfaceNumber,
      outEndpoint: out.bEndpointAddress,
      inEndpoint: into.bEndpointAddress,
      packetBytes: out.wMaxPacketSize,
    };
  });
}

/** Devices with at least one such interface; all of them with these ids, and serial number, when given. */
export async function findUsbDevices(
  ids?: UsbPort,
): Promise<(UsbDeviceDescription & { device: UsbDevice })[]> {
  const usb = await loadUsb(ids === undefined ? 'USB devices' : usbDeviceName(ids));
  return inTurn(async () => {
    const found = [];
    for (const device of usb.getDeviceList()) {
      const { idVendor, idProduct } = device.deviceDescriptor;
      const [vendorId, productId] = [hex(idVendor), hex(idProduct)];
      if (ids !== undefined && (vendorId !== ids.vendorId || productId !== ids.productId)) continue;
      // With ids that were asked for, a device without such an interface is what is wrong.
      if (ids === undefined && !mayBeBoard(usb, device)) continue;
      const said = await describe(usb, device);
      if (said === null) continue;
      const described = { device, vendorId, productId, ...said };
      if (ids?.serialNumber != null && !described.isDenied && described.serialNumber !== ids.serialNumber)
        continue;
      found.push(described);
    }
    return found;
  });
}

function mayBeBoard(usb: UsbLibrary, device: UsbDevice): boolean {
  try {
    return bulkInterfaces(usb, device).length > 0;
  } catch {
    // Not configured, or gone meanwhile.
    return false;
  }
}

type Described = Omit<UsbDeviceDescription, 'vendorId' | 'productId'>;

const UNKNOWN: Described = {
  serialNumber: null,
  manufacturer: null,
  product: null,
  isDenied: false,
  hasKernelDriver: false,
};

/** What the device has to be opened for; null when it is gone meanwhile. */
async function describe(usb: UsbLibrary, device: UsbDevice): Promise<Described | null> {
  // A port of this process has it open already, and goes on with it.
  const wasOpen = isOpen(device);
  try {
    if (!wasOpen) device.open();
    const { iSerialNumber, iManufacturer, iProduct } = device.deviceDescriptor;
    return {
      ...UNKNOWN,
      serialNumber: await text(device, iSerialNumber),
      manufacturer: await text(device, iManufacturer),
      product: await text(device, iProduct),
      hasKernelDriver: bulkInterfaces(usb, device).some(({ number }) => hasKernelDriver(device, number)),
    };
  } catch (error) {
    const number = errorNumber(error);
    if (number === usb.LIBUSB_ERROR_NO_DEVICE) return null;
    return { ...UNKNOWN, isDenied: number === usb.LIBUSB_ERROR_ACCESS };
  } finally {
    if (!wasOpen && isOpen(device)) device.close();
  }
}

/** Whether this process has it open. */
export function isOpen(device: UsbDevice): boolean {
  return device.interfaces !== undefined;
}

/** Whether a driver of the kernel, other than that for programs such as this, has the interface. */
export function hasKernelDriver(device: UsbDevice, interfaceNumber: number): boolean {
  try {
    return device.interface(interfaceNumber).isKernelDriverActive();
  } catch {
    // Only some systems have kernel drivers that can be asked about.
    return false;
  }
}

function text(device: UsbDevice, index: number): Promise<string | null> {
  if (index === 0) return Promise.resolve(null);
  return new Promise((resolve) => {
    device.getStringDescriptor(index, (error, value) => resolve(error ? null : (value ?? null)));
  });
}

/**
 * The device with these ids.
 *
 * Rejects with PORT_NOT_FOUND when no such device is plugged in, BAD_ARGUMENT when several are, PORT_FAILED when this user
 * may not open it.
 */
export async function resolveUsbDevice(ids: UsbPort, where: string): Promise<UsbDevice> {
  const matches = await findUsbDevices(ids);
  const denied = matches.find(({ isDenied }) => isDenied);
  const known = matches.filter(({ isDenied }) => !isDenied);
  const [first] = known;
  if (first === undefined || (ids.serialNumber === null && denied !== undefined)) {
    if (denied !== undefined) throw accessError(ids, where);
    throw new BeamloopError('PORT_NOT_FOUND', {
      what: 'No such USB device is plugged in',
      where,
      todo: '`beamloop ports` lists what is there',
    });
  }
  if (known.length > 1) {
    const serials = known.map(({ serialNumber }) => serialNumber ?? 'none').join(', ');
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `${known.length} USB devices match, with the serial numbers ${serials}`,
      where,
      todo: 'Add the serial number: usb:device=VENDOR:PRODUCT:SERIAL',
    });
  }
  return first.device;
}

export function accessError({ vendorId, productId }: UsbPort, where: string): BeamloopError {
  const rule = `SUBSYSTEM=="usb", ATTR{idVendor}=="${vendorId}", ATTR{idProduct}=="${productId}", TAG+="uaccess", MODE="0660"`;
  return new BeamloopError('PORT_FAILED', {
    what: 'You may not open this USB device (LIBUSB_ERROR_ACCESS)',
    where,
    todo:
      `On Linux, write the line  ${rule}  to /etc/udev/rules.d/70-beamloop.rules, ` +
      'run sudo udevadm control --reload, and plug the board in again. On Windows it needs the driver WinUSB',
  });
}

/** Its file on Linux. */
export function deviceFile({ busNumber, deviceAddress }: UsbDevice): string {
  const number = (value: number) => String(value).padStart(3, '0');
  return `/dev/bus/usb/${number(busNumber)}/${number(deviceAddress)}`;
}
