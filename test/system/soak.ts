/**
 * One long campaign under random faults through sounder, driver, link, loopback and emulated board, on virtual time and in this process.
 * Rows are judged as they come and forgotten, so that what grows is the program and not the test. Powers have no noise: each batch
 * must bring the very powers that it brings without faults.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openNativeBoard } from '../../drivers/boards/open-native-board.js';
import { type AirSlot, EmulatedBoard } from '../../drivers/emulator/emulated-board.js';
import { type FaultPlan, NO_FAULTS } from '../../drivers/emulator/faults/fault-plan.js';
import { createLoopback } from '../../drivers/transports/loopback.js';
import { openSounder } from '../../src/campaign/open-sounder.js';
import type { Codeword } from '../../src/codebook/codeword.js';
import { Random } from '../../src/core/random.js';
import type { Recording } from '../../src/record/recording.js';
import { type Preparation, prepare } from '../../src/scenario/plan.js';
import { parseScenario } from '../../src/scenario/scenario.js';
import { outcomeOfSlot } from '../../src/slots/slot-outcome.js';
import type { Sounding } from '../../src/sounding/sounding.js';
import { emulatedSection } from '../../src/testbed.js';
import { VirtualClock } from '../fixtures/virtual-clock.js';
import {
  heardByOne,
  NoRecording,
  type StoredRow,
  testbedOf,
  UeInProcess,
  VIRTUAL_UE,
} from './virtual-testbed.js';

const BAUD = 3_000_000;
/** Batches that differ; they come in turn. */
export const NUM_KINDS = 8;
export const BATCH_PILOTS = 256;
/** On average, s. */
const EVENT_EVERY_S = 10;
const NUM_HEAP_SAMPLES = 12;
/** Batches whose slots are still known, for receipts that come twice. */
const REMEMBERED_BATCHES = 4;

export interface SoakOptions {
  readonly seed: number;
  /** Virtual, s. */
  readonly durationS: number;
  readonly slotS: number;
  readonly faults: boolean;
}

export interface SoakEnd {
  /** What must not be, in words. */
  readonly troubles: readonly string[];
  /** Powers of each kind of batch, as first measured. */
  readonly powersOfKind: readonly (readonly number[])[];
  readonly numBatches: number;
  readonly numSlots: number;
  readonly numRestarts: number;
  readonly numReconnects: number;
  /** Of host and board together, after collection, evenly over the run, bytes. */
  readonly heapBytes: readonly number[];
}

/** What goes wrong with the line and the latches all the time. */
function drawNoise(random: Random): FaultPlan {
  const rate = () => 10 ** (-6 + 2 * random.uniform());
  const noise = () => ({ drop: rate(), flip: rate(), duplicate: rate() });
  return { ...NO_FAULTS, toBoard: noise(), toHost: noise(), missRate: 0.005 * random.uniform() };
}

/** Now and then the board loses power, the cable is pulled and put back, or nothing moves for a while. */
function disturb(board: EmulatedBoard, random: Random, clock: VirtualClock): void {
  const next = () => {
    const kind = random.integer(3);
    if (kind === 0) board.reset();
    else if (kind === 1) board.unplug(1e-3 + 0.8 * random.uniform());
    else board.stall(1e-3 + 1.5 * random.uniform());
    clock.timers.after(2 * EVENT_EVERY_S * random.uniform(), next);
  };
  // After the greeting: who unplugs a board that nobody has opened yet tests the opening.
  clock.timers.after(0.2 + 2 * EVENT_EVERY_S * random.uniform(), next);
}

/** @param expected powers of each kind of batch; null: what is measured first. */
export async function soak(
  { seed, durationS, slotS, faults }: SoakOptions,
  expected: SoakEnd['powersOfKind'] | null,
): Promise<SoakEnd> {
  const clock = new VirtualClock();
  const text = `
array: { elements: 32, carrier: 100 GHz, rings: 3 }
board: { port: emulated, baud: 3e6 }
slots: { duration: ${slotS * 1e3} ms, turnaround: 2 ms, maxAttempts: 60 }
bridge: { powerTimeout: 300 ms }
scheme: exhaustive
channel: { snr: 20 dB, scatterers: 0 }
users: [{ id: ${VIRTUAL_UE}, position: [1.1 m, 0.35 m] }]
`;
  const preparation = prepare(parseScenario(text, 'soak.yaml', emulatedSection).scenario);
  const { host, device, unplug, plug } = createLoopback();
  const judge = new Judge();
  const ue = new UeInProcess(preparation, clock, REMEMBERED_BATCHES * BATCH_PILOTS);
  const attach = () => device.open({ onBytes: (chunk) => emulated.receive(chunk), onClosed: () => {} });
  const emulated: EmulatedBoard = new EmulatedBoard(
    {
      ...{ realtime: true, model: { numElements: 32, baud: BAUD }, seed },
      faults: faults ? drawNoise(new Random(seed, 'noise')) : NO_FAULTS,
    },
    {
      toHost: (chunk) => void device.write(chunk).catch(() => {}),
      onAir: (slot) => {
        judge.onAir(slot);
        ue.hear(slot);
      },
      onPlug: (plugged) => {
        if (!plugged) return unplug();
        plug();
        void attach();
      },
      timers: clock.timers,
    },
  );
  await attach();
  if (faults) disturb(emulated, new Random(seed, 'events'), clock);
  const random = new Random(seed, 'sessions');
  const kinds = batchesOf(preparation);
  const powersOfKind: (readonly number[])[] = expected === null ? [] : [...expected];
  const heapBytes: number[] = [];
  let [numBatches, numRestarts] = [0, 0];
  const batches = function* (): Sounding<void> {
    for (; clock.nowS() < durationS; numBatches++) {
      const kind = numBatches % NUM_KINDS;
      const { mean } = yield kinds[kind]!;
      powersOfKind[kind] ??= [...mean];
      judge.batch(numBatches, [...mean], powersOfKind[kind]!);
      if (clock.nowS() >= ((heapBytes.length + 1) * durationS) / NUM_HEAP_SAMPLES) heapBytes.push(heapUsed());
    }
  };
  const campaign = async () => {
    const board = await openNativeBoard({
      transport: host,
      clock,
      baudRate: BAUD,
      random: () => random.uint32(),
    });
    board.on('reset', () => numRestarts++);
    const testbed = testbedOf(board, ue, clock);
    const sounder = await openSounder(preparation, testbed, judge as unknown as Recording, { clock });
    await sounder.run({ name: VIRTUAL_UE, ues: [VIRTUAL_UE], sounding: heardByOne(batches()) });
    sounder.close();
    const { reconnects } = board.linkStatistics();
    await board.close();
    return reconnects;
  };
  try {
    const numReconnects = await clock.during(campaign());
    const { troubles, numSlots } = judge;
    return { troubles, powersOfKind, numBatches, numSlots, numRestarts, numReconnects, heapBytes };
  } finally {
    emulated.close();
  }
}

/** Each kind takes other codewords of the codebook, in another order. */
function batchesOf({ polar }: Preparation): Codeword[][] {
  return Array.from({ length: NUM_KINDS }, (_, kind) => {
    const random = new Random(kind, 'batch');
    return Array.from({ length: BATCH_PILOTS }, () =>
      polar.codeword({ ring: 1 + random.integer(3), angleIndex: 1 + random.integer(32) }),
    );
  });
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heapUsed(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

interface KnownSlot {
  readonly batch: number;
  readonly position: number;
  readonly hash: string;
  receipt: StoredRow | null;
  hasPower: boolean;
}

/** Takes the place of the recording: judges what would be written, and forgets it. */
class Judge extends NoRecording {
  readonly troubles: string[] = [];
  numSlots = 0;
  readonly #slots = new Map<number, KnownSlot>();
  readonly #radiated = new Map<number, string | null>();
  #lastBatch = -1;

  onAir({ slot, codeword }: AirSlot): void {
    this.#radiated.set(slot, codeword?.hash ?? null);
  }

  append(table: string, row: StoredRow): void {
    const slot = row.slot as number;
    if (table === 'slots') {
      this.numSlots++;
      const { batch, position, hash } = row as unknown as KnownSlot;
      if (this.#slots.has(slot)) this.#trouble(`slot ${slot} was planned twice`);
      this.#slots.set(slot, { batch, position, hash, receipt: null, hasPower: false });
    } else if (table === 'receipts') this.#receipt(slot, row);
    else if (table === 'powers') {
      const known = this.#slots.get(slot);
      if (known === undefined || known.hasPower)
        this.#trouble(`slot ${slot} has a power that it cannot have`);
      else known.hasPower = true;
    }
  }

  #receipt(slot: number, row: StoredRow): void {
    const known = this.#slots.get(slot);
    if (known === undefined) this.#trouble(`slot ${slot} has a receipt and was not planned`);
    else if (known.receipt !== null) this.#trouble(`slot ${slot} has two receipts`);
    else known.receipt = row;
    const radiated = this.#radiated.get(slot) ?? null;
    if (row.status !== 'missed' && radiated !== row.hash) {
      this.#trouble(`slot ${slot} is said to be ${row.status} with ${row.hash}; ${radiated} was on the air`);
    }
  }

  /** A batch came back with these powers. */
  batch(batch: number, powers: readonly number[], expected: readonly number[]): void {
    if (batch !== this.#lastBatch + 1) this.#trouble(`batch ${batch} came after ${this.#lastBatch}`);
    this.#lastBatch = batch;
    const times = new Array<number>(powers.length).fill(0);
    for (const { batch: own, position, hash, receipt, hasPower } of this.#slots.values()) {
      if (own !== batch) continue;
      const outcome = outcomeOfSlot(hash, receipt as Parameters<typeof outcomeOfSlot>[1], hasPower);
      if (outcome === 'joined') times[position]! += 1;
    }
    for (const [position, count] of times.entries()) {
      if (count !== 1) this.#trouble(`batch ${batch}, position ${position} was measured ${count} times`);
      if (powers[position] !== expected[position]) {
        this.#trouble(
          `batch ${batch}, position ${position}: ${powers[position]}, without faults ${expected[position]}`,
        );
      }
    }
    let oldest = Number.POSITIVE_INFINITY;
    for (const [slot, known] of this.#slots) {
      if (known.batch <= batch - REMEMBERED_BATCHES) this.#slots.delete(slot);
      else oldest = Math.min(oldest, slot);
    }
    for (const slot of this.#radiated.keys()) if (slot < oldest) this.#radiated.delete(slot);
  }

  #trouble(what: string): void {
    // The first of them tell what is wrong.
    if (this.troubles.length < 20) this.troubles.push(what);
  }
}
