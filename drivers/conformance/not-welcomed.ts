/** Why a board gave no Welcome: what came in its place, or comes when it is greeted with checksums that are mistaken for ours. */
import { decodePayload } from '../../firmware-protocol/codec.js';
import { PROTOCOL_VERSION } from '../../firmware-protocol/messages/hello.js';
import { messageByName, type PayloadOf } from '../../firmware-protocol/registry.js';
import { OTHER_CRCS, otherCrcOf, withCrc } from './other-crcs.js';
import type { TraceEntry } from './trace.js';
import { Unmet } from './unmet.js';

/** What is needed of the probe. */
interface Greeter {
  readonly heard: readonly {
    readonly type: number;
    readonly payload: Uint8Array;
    readonly message: unknown;
  }[];
  readonly numBytes: number;
  readonly trace: { readonly entries: readonly TraceEntry[] };
  of(name: 'Welcome', from: number): readonly PayloadOf<'Welcome'>[];
  helloFrame(): Uint8Array;
  raw(bytes: Uint8Array): void;
  wait(durationS: number): Promise<void>;
}

const WELCOME_TYPE = messageByName('Welcome').type;
/** For an answer to a Hello with another checksum, s. */
const OTHER_CRC_S = 0.1;

/** @param from the first frame heard since it was greeted. */
export async function whyNotWelcomed(probe: Greeter, from: number, patienceS: number): Promise<Unmet> {
  const heard = probe.heard.slice(from);
  const refused = probe.of('Welcome', from).find(({ session }) => session === 0);
  if (refused !== undefined) {
    const { major, minor } = PROTOCOL_VERSION;
    const its = `${refused.versionMajor}.${refused.versionMinor}`;
    return new Unmet('10.1', `the board, of version ${its}, refused a Hello of version ${major}.${minor}`);
  }
  const malformed = heard.find(({ type, message }) => message === null && type === WELCOME_TYPE);
  if (malformed !== undefined) {
    const decoded = decodePayload(WELCOME_TYPE, malformed.payload, 'board');
    const why = decoded.ok ? '' : `: ${decoded.error.kind} at ${decoded.error.where}`;
    return new Unmet('6.1', `the board's Welcome does not follow its layout${why}`);
  }
  for (const other of heard.length === 0 ? OTHER_CRCS : []) {
    probe.raw(withCrc(probe.helloFrame(), other));
    await probe.wait(OTHER_CRC_S);
  }
  const came = probe.trace.entries.flatMap(({ from: side, stretch }) => (side === 'board' ? [stretch] : []));
  const crc = otherCrcOf(came);
  if (crc !== null) return new Unmet('3.2', `the board's frames carry ${crc}, not CRC-32C`);
  const instead =
    heard.length > 0
      ? `only ${heard.length} other frames came`
      : probe.numBytes > 0
        ? `${probe.numBytes} bytes came, none of which make a frame`
        : 'not a byte came';
  return new Unmet(
    '5.9',
    `Hello was not answered with a Welcome of its session within ${patienceS} s: ${instead}`,
  );
}
