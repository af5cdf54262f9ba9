import { defineMessage } from '../layout.js';

/** 'BMLP' read as a little-endian u32. */
export const HELLO_MAGIC = 0x504c4d42;
export const PROTOCOL_VERSION = { major: 1, minor: 2 } as const;

/** The board describes itself. Session 0 refuses the host's version. SPEC 6.1. */
export const Welcome = defineMessage({
  type: 0x81,
  name: 'Welcome',
  sender: 'board',
  reliable: false,
  fields: [
    { name: 'versionMajor', type: 'u8' },
    { name: 'versionMinor', type: 'u8' },
    { name: 'session', type: 'u32' },
    { name: 'resumed', type: 'u8', max: 1 },
    { name: 'bootId', type: 'u32' },
    { name: 'window', type: 'u8', unit: 'frames', min: 1, max: 32 },
    { name: 'numElements', type: 'u16', min: 1 },
    { name: 'phaseBits', type: 'u8', unit: 'bits', min: 1, max: 16 },
    { name: 'delayBits', type: 'u8', unit: 'bits', max: 16 },
    { name: 'amplitudeBits', type: 'u8', unit: 'bits', max: 16 },
    { name: 'delayLsbFs', type: 'u32', unit: 'fs' },
    { name: 'delayRangeFs', type: 'u64', unit: 'fs' },
    { name: 'memoryDepth', type: 'u16', unit: 'codewords', min: 1 },
    { name: 'queueDepth', type: 'u16', unit: 'slots', min: 1 },
    { name: 'switchTimeNs', type: 'u32', unit: 'ns' },
    { name: 'clockRateHz', type: 'u32', unit: 'Hz', min: 1 },
    { name: 'maxPayload', type: 'u16', unit: 'bytes', min: 64, max: 1024 },
    { name: 'model', type: 'text8' },
    { name: 'serialNumber', type: 'text8' },
    { name: 'firmware', type: 'text8' },
  ],
});

/** The host opens or resumes a session. SPEC 6.1. */
export const Hello = defineMessage({
  type: 0x01,
  name: 'Hello',
  sender: 'host',
  reliable: false,
  response: Welcome,
  fields: [
    { name: 'magic', type: 'u32', min: HELLO_MAGIC, max: HELLO_MAGIC },
    { name: 'versionMajor', type: 'u8' },
    { name: 'versionMinor', type: 'u8' },
    { name: 'session', type: 'u32', min: 1 },
    { name: 'window', type: 'u8', unit: 'frames', min: 1, max: 32 },
    { name: 'watchdogMs', type: 'u16', unit: 'ms' },
  ],
});

export interface ProtocolVersion {
  readonly major: number;
  readonly minor: number;
}

/**
 * Version in a Hello of any version of this protocol, also one whose later fields we cannot read; null when the payload
 * is no Hello at all. SPEC 10.1.
 */
export function peekHelloVersion(payload: Uint8Array): ProtocolVersion | null {
  if (payload.length < 6) return null;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  if (view.getUint32(0, true) !== HELLO_MAGIC) return null;
  return { major: view.getUint8(4), minor: view.getUint8(5) };
}

/** Version in a Welcome of any version of this protocol; null when the payload is too short. SPEC 10.1. */
export function peekWelcomeVersion(payload: Uint8Array): ProtocolVersion | null {
  const [major, minor] = payload;
  return major === undefined || minor === undefined ? null : { major, minor };
}
