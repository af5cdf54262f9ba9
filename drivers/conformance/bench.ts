/** What checks do with a board again and again: codewords, slots, time. */
import { contentHash, hashFromHex } from '../../firmware-protocol/content-hash.js';
import { packElementSettings, packedLength, selectorBits } from '../../firmware-protocol/element-settings.js';
import { itemsPerMessage } from '../../firmware-protocol/layout.js';
import { LoadCodeword } from '../../firmware-protocol/messages/load-codeword.js';
import { QueueSlots } from '../../firmware-protocol/messages/queue-slots.js';
import type { PayloadOf } from '../../firmware-protocol/registry.js';
import type { Probe } from './probe.js';
import type { Rig } from './rig.js';
import { must, mustEqual } from './unmet.js';

interface Codeword {
  readonly hash: bigint;
  readonly data: Uint8Array;
}

/** From Arm to the first slot, on the board's clock, s. */
const ARM_AHEAD_S = 0.1;

export class Bench {
  readonly probe: Probe;
  readonly rig: Rig;
  readonly board: PayloadOf<'Welcome'>;
  readonly numLines: number;
  /** Whether it makes codewords of parameters (SPEC 4.7). */
  readonly expands: boolean;
  /** Length of a packed codeword, bytes. */
  readonly codewordBytes: number;

  private constructor(
    probe: Probe,
    rig: Rig,
    board: PayloadOf<'Welcome'>,
    numLines: number,
    expands: boolean,
  ) {
    this.probe = probe;
    this.rig = rig;
    this.board = board;
    this.numLines = numLines;
    this.expands = expands;
    this.codewordBytes = packedLength(board.numElements, this.format);
  }

  /** In a session of its own, stopped and not muted. */
  static async prepared(probe: Probe, rig: Rig): Promise<Bench> {
    const board = await probe.begin();
    await probe.did('Stop', {});
    await probe.did('Mute', { muted: 0 });
    let numLines = 0;
    if (board.versionMinor >= 1) {
      const answer = await probe.ask('ReadLines', { line: 0, firstElement: 0, count: 0 });
      must(answer.name === 'LineDelays', '6.14', `ReadLines is answered with ${answer.name}`);
      numLines = answer.value.numLines;
    }
    const expands = board.versionMinor >= 2 && (await Bench.#expands(probe, board));
    return new Bench(probe, rig, board, numLines, expands);
  }

  /** Asks for a geometry that no board takes: one that expands says why not. */
  static async #expands(probe: Probe, { numElements }: PayloadOf<'Welcome'>): Promise<boolean> {
    const answer = await probe.ask('SetGeometry', {
      ...{ arrayElements: numElements, firstElement: 1, mirrored: 0, carrierHz: 1e9 },
      ...{ speedOfLight: 3e8, spacing: 0.15, spacingTurns: 0.5 },
    });
    must(answer.name === 'GeometryResult', '6.15', `SetGeometry is answered with ${answer.name}`);
    const { status } = answer.value;
    must(
      status === 3 || status === 10,
      '6.15',
      `the status of a board that reaches beyond its array is ${status}`,
    );
    return status === 3;
  }

  get format() {
    const { phaseBits, delayBits, amplitudeBits } = this.board;
    return { phaseBits, delayBits, amplitudeBits, lineBits: selectorBits(this.numLines) };
  }

  /** A codeword whose phase codes depend on `seed`, all delays and lines 0; no two seeds below 2^phaseBits give the same. */
  codeword(seed: number, more: { readonly delayCode?: number; readonly lineCode?: number } = {}): Codeword {
    const { phaseBits, amplitudeBits, delayBits, lineBits } = this.format;
    const fill = (bits: number, value: number) =>
      bits === 0 ? null : new Uint16Array(this.board.numElements).fill(value);
    const settings = {
      phaseCode: Uint16Array.from(
        { length: this.board.numElements },
        (_, n) => (seed * (n + 1) + n) % 2 ** phaseBits,
      ),
      delayCode: fill(delayBits, more.delayCode ?? 0),
      amplitudeCode: fill(amplitudeBits, 2 ** amplitudeBits - 1),
      lineCode: fill(lineBits, more.lineCode ?? 0),
    };
    const data = packElementSettings(settings, this.format);
    return { data, hash: hashFromHex(contentHash(data)) };
  }

  /** Sends a codeword in chunks that the board takes; returns the status of the last one that was sent. */
  async loadStatus(index: number, { hash, data }: Codeword): Promise<number> {
    for (let offset = 0; ; offset += this.chunkBytes) {
      const part = data.subarray(offset, offset + this.chunkBytes);
      const last = offset + part.length === data.length ? 1 : 0;
      const status = await this.chunk({ index, offset, last, hash, data: part });
      if (last === 1 || status !== 0) return status;
    }
  }

  async chunk(value: PayloadOf<'LoadCodeword'>): Promise<number> {
    const answer = await this.probe.ask('LoadCodeword', value);
    must(answer.name === 'LoadCodewordResult', '6.2', `LoadCodeword is answered with ${answer.name}`);
    mustEqual(answer.value.index, value.index, '6.2', 'the index in LoadCodewordResult');
    return answer.value.status;
  }

  async load(index: number, seed: number): Promise<bigint> {
    const codeword = this.codeword(seed);
    mustEqual(await this.loadStatus(index, codeword), 0, '6.2', 'the status of a good load');
    return codeword.hash;
  }

  /** The hash that the memory holds at an index; null: invalid. */
  async held(index: number): Promise<bigint | null> {
    const answer = await this.probe.did('QueryMemory', { firstIndex: index, count: 1 });
    must(
      answer.name === 'MemoryContents' && answer.value.entries.length === 1,
      '6.3',
      'QueryMemory tells nothing',
    );
    const { valid, hash } = answer.value.entries[0]!;
    return valid === 1 ? hash : null;
  }

  async queueResult(entries: PayloadOf<'QueueSlots'>['entries']): Promise<PayloadOf<'QueueSlotsResult'>> {
    const answer = await this.probe.ask('QueueSlots', { entries });
    must(answer.name === 'QueueSlotsResult', '6.4', `QueueSlots is answered with ${answer.name}`);
    return answer.value;
  }

  async queue(...slots: readonly (readonly [slot: number, index: number])[]): Promise<void> {
    const entries = slots.map(([slot, index]) => ({ slot, index }));
    const { status, accepted } = await this.queueResult(entries);
    mustEqual([status, accepted], [0, entries.length], '6.4', 'status and accepted of a good QueueSlots');
  }

  /** Bytes of one LoadCodeword that the board takes. */
  get chunkBytes(): number {
    return itemsPerMessage(LoadCodeword, this.board.maxPayload);
  }

  /** Entries of one QueueSlots that the board takes. */
  get entriesPerMessage(): number {
    return Math.min(itemsPerMessage(QueueSlots, this.board.maxPayload), this.board.queueDepth);
  }

  ticks(durationS: number): number {
    return Math.round(durationS * this.board.clockRateHz);
  }

  async now(): Promise<bigint> {
    return (await this.probe.readClock()).sentTicks;
  }

  async armStatus(value: Partial<PayloadOf<'Arm'>>): Promise<number> {
    const all = { mode: 0, firstSlot: 0, startTicks: 0n, slotTicks: this.ticks(1e-2), ...value };
    const answer = await this.probe.ask('Arm', all);
    must(answer.name === 'ArmResult', '6.5', `Arm is answered with ${answer.name}`);
    return answer.value.status;
  }

  /** Arms for a start soon; returns the tick of the start. */
  async arm(firstSlot: number, slotS: number, aheadS = ARM_AHEAD_S): Promise<bigint> {
    const slotTicks = this.ticks(slotS);
    for (let ahead = aheadS; ; ahead *= 2) {
      const startTicks = (await this.now()) + BigInt(this.ticks(ahead));
      const status = await this.armStatus({ firstSlot, startTicks, slotTicks });
      if (status === 0) return startTicks;
      must(status === 8 && ahead < 1, '6.5', `Arm ${ahead} s ahead has status ${status}`);
    }
  }

  /** Waits until the board's time has reached a tick. */
  async reach(ticks: bigint): Promise<void> {
    for (;;) {
      const left = Number(ticks - (await this.now())) / this.board.clockRateHz;
      if (left <= 0) return;
      must(left < 100, '2.3', `the board's time is ${left} s before what it said`);
      await this.probe.wait(Math.max(left, 1e-3));
    }
  }

  /** Receipts of this session for these slots, once each has one. */
  async receipts(...slots: readonly number[]) {
    const { probe } = this;
    const missing = () => slots.filter((slot) => probe.receipts().every((each) => each.slot !== slot));
    await probe.soon(() => missing().length === 0, 3);
    must(missing().length === 0, '7.5', `no receipt came for slot ${missing()[0]} within 3 s`);
    return slots.map((slot) => probe.receipts().find((each) => each.slot === slot)!);
  }
}
