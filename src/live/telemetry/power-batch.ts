/**
 * Received powers of several slots as bytes of one message (docs/telemetry.md, "Powers"): a header, a record of the same length for
 * each slot, and the names of the UEs as a list in JSON. All numbers are little-endian.
 */
import type { Row } from '../../record/schema.js';
import { TELEMETRY_VERSION } from './subjects.js';

const MAGIC = 'BLPW';
/** Magic, version u16, length of the header u16, slots u32, subcarriers u32, length of a record u32, of the names u32, sequence u64, lost u64. */
const HEADER_BYTES = 40;
/** Slot u32, place in the list of names u32, noise floor f64, time of the UE f64; the powers follow, f32 each. */
const RECORD_HEAD_BYTES = 24;
/** A comma and a bracket. */
const NAME_BYTES = 2;

type PowerRow = Pick<Row<'powers'>, 'slot' | 'ue' | 'noiseFloor' | 'ueTimeS' | 'powers'>;

/** Bytes of a message of as many slots as there are names of UEs. */
export function bytesOfSlots(numSubcarriers: number, ues: readonly string[]): number {
  const names = [...new Set(ues)].reduce((sum, ue) => sum + nameBytes(ue), 0);
  return HEADER_BYTES + ues.length * recordBytes(numSubcarriers) + names;
}

/** Records begin at multiples of 8 bytes. */
function recordBytes(numSubcarriers: number): number {
  return Math.ceil((RECORD_HEAD_BYTES + 4 * numSubcarriers) / 8) * 8;
}

/** At most so many. */
function nameBytes(ue: string): number {
  return NAME_BYTES + Buffer.byteLength(JSON.stringify(ue));
}

export class PowerBatch {
  readonly numSubcarriers: number;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  readonly #recordBytes: number;
  readonly #names = new Map<string, number>();
  #namesBytes = 0;
  #numSlots = 0;

  /** @param bytes to be filled; a whole buffer, so that numbers stand at their multiples. */
  constructor(bytes: Uint8Array<ArrayBuffer>, numSubcarriers: number) {
    this.numSubcarriers = numSubcarriers;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
    this.#recordBytes = recordBytes(numSubcarriers);
  }

  get buffer(): ArrayBuffer {
    return this.#bytes.buffer;
  }

  get numSlots(): number {
    return this.#numSlots;
  }

  /** False where it has no room for it. */
  add({ slot, ue, noiseFloor, ueTimeS, powers }: PowerRow): boolean {
    const known = this.#names.get(ue);
    const namesBytes = this.#namesBytes + (known === undefined ? nameBytes(ue) : 0);
    const at = HEADER_BYTES + this.#numSlots * this.#recordBytes;
    if (at + this.#recordBytes + namesBytes > this.#bytes.length) return false;
    const name = known ?? this.#names.size;
    this.#names.set(ue, name);
    this.#namesBytes = namesBytes;
    this.#view.setUint32(at, slot, true);
    this.#view.setUint32(at + 4, name, true);
    this.#view.setFloat64(at + 8, noiseFloor, true);
    this.#view.setFloat64(at + 16, ueTimeS, true);
    const first = at + RECORD_HEAD_BYTES;
    this.#bytes.set(new Uint8Array(powers.buffer, powers.byteOffset, powers.byteLength), first);
    // What pads a record is of a message before, in a buffer that is used again.
    this.#bytes.fill(0, first + powers.byteLength, at + this.#recordBytes);
    this.#numSlots++;
    return true;
  }

  /**
   * The message; nothing can be added any more.
   *
   * @param sequence counts messages of powers of a run from 1.
   * @param numLost slots of the run before this message whose powers were dropped, or of which nobody knows.
   */
  finish(sequence: number, numLost: number): Uint8Array<ArrayBuffer> {
    const names = Buffer.from(JSON.stringify([...this.#names.keys()]));
    const end = HEADER_BYTES + this.#numSlots * this.#recordBytes;
    this.#bytes.set(Buffer.from(MAGIC, 'latin1'), 0);
    this.#view.setUint16(4, TELEMETRY_VERSION, true);
    this.#view.setUint16(6, HEADER_BYTES, true);
    for (const [k, value] of [
      this.#numSlots,
      this.numSubcarriers,
      this.#recordBytes,
      names.length,
    ].entries()) {
      this.#view.setUint32(8 + 4 * k, value, true);
    }
    this.#view.setBigUint64(24, BigInt(sequence), true);
    this.#view.setBigUint64(32, BigInt(numLost), true);
    this.#bytes.set(names, end);
    return this.#bytes.subarray(0, end + names.length);
  }
}
