/** Descriptors of the emulated board as a USB device: what a host finds it, and its endpoints, by. */

/** High speed. */
export const MAX_PACKET_BYTES = 512;
export const ENDPOINT = { out: 0x01, in: 0x81 } as const;

const CLASS_VENDOR = 0xff;
const TRANSFER_BULK = 2;
const DESCRIPTOR = { device: 1, configuration: 2, string: 3, interface: 4, endpoint: 5 } as const;
const ENGLISH = 0x0409;
const STRING = { manufacturer: 1, product: 2, serialNumber: 3 } as const;

export interface UsbIdentity {
  readonly vendorId: number;
  readonly productId: number;
  readonly manufacturer: string;
  readonly product: string;
  readonly serialNumber: string;
  /** Vendor-specific interfaces with a pair of bulk endpoints; a board has one. */
  readonly numInterfaces: number;
}

/** The test ids of pid.codes, which no product has. */
export const EMULATED_BOARD: UsbIdentity = {
  vendorId: 0x1209,
  productId: 0x0001,
  manufacturer: 'beamloop',
  product: 'emulated board',
  serialNumber: 'EMU-1',
  numInterfaces: 1,
};

function word(value: number): [number, number] {
  return [value & 0xff, value >> 8];
}

function deviceDescriptor({ vendorId, productId }: UsbIdentity): number[] {
  const version = word(0x0200);
  const strings = [STRING.manufacturer, STRING.product, STRING.serialNumber];
  const ids = [...word(vendorId), ...word(productId), ...word(0x0100)];
  return [18, DESCRIPTOR.device, ...version, 0, 0, 0, 64, ...ids, ...strings, 1];
}

function configurationDescriptor({ numInterfaces }: UsbIdentity): number[] {
  const endpoint = (address: number) => [
    ...[7, DESCRIPTOR.endpoint, address, TRANSFER_BULK, ...word(MAX_PACKET_BYTES), 0],
  ];
  const interfaces = Array.from({ length: numInterfaces }, (_, k) => [
    ...[9, DESCRIPTOR.interface, k, 0, 2, CLASS_VENDOR, 0, 0, 0],
    ...endpoint(ENDPOINT.out + k),
    ...endpoint(ENDPOINT.in + k),
  ]).flat();
  const selfPowered = 0xc0;
  return [
    ...[9, DESCRIPTOR.configuration, ...word(9 + interfaces.length), numInterfaces, 1, 0, selfPowered, 50],
    ...interfaces,
  ];
}

/** As sysfs has them: the device's, then its configurations'. */
export function allDescriptors(identity: UsbIdentity): Uint8Array {
  return Uint8Array.from([...deviceDescriptor(identity), ...configurationDescriptor(identity)]);
}

/** The answer to GET_DESCRIPTOR with this wValue; null where there is no such descriptor (the device stalls). */
export function descriptorFor(identity: UsbIdentity, value: number): Uint8Array | null {
  const [kind, index] = [value >> 8, value & 0xff];
  if (kind === DESCRIPTOR.device) return Uint8Array.from(deviceDescriptor(identity));
  if (kind === DESCRIPTOR.configuration) return Uint8Array.from(configurationDescriptor(identity));
  if (kind !== DESCRIPTOR.string) return null;
  if (index === 0) return Uint8Array.from([4, DESCRIPTOR.string, ...word(ENGLISH)]);
  const texts = [identity.manufacturer, identity.product, identity.serialNumber];
  const text = texts[index - 1];
  if (text === undefined) return null;
  const characters = Buffer.from(text, 'utf16le');
  return Uint8Array.from([2 + characters.length, DESCRIPTOR.string, ...characters]);
}
