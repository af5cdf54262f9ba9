/**
 * A campaign of some fifty slots through driver, link, loopback and a board, all on virtual time and in this process: quick
 * enough for thousands of mixes of faults. Powers have no noise, so that whatever the faults were, decisions are those without.
 */
import { openNativeBoard } from '../../drivers/boards/open-native-board.js';
import { type AirSlot, EmulatedBoard } from '../../drivers/emulator/emulated-board.js';
import type { FaultEvent, FaultPlan } from '../../drivers/emulator/faults/fault-plan.js';
import { NO_FAULTS } from '../../drivers/emulator/faults/fault-plan.js';
import type { Timers } from '../../drivers/emulator/timers.js';
import { createLoopback } from '../../drivers/transports/loopback.js';
import type { PowerRecord, UeBridge } from '../../src/bridge/bridge.js';
import { openSounder } from '../../src/campaign/open-sounder.js';
import { channelVector } from '../../src/channel/channel.js';
import type { Codeword } from '../../src/codebook/codeword.js';
import { DpcCodebook } from '../../src/codebook/dpc.js';
import { Random } from '../../src/core/random.js';
import type { Recording } from '../../src/record/recording.js';
import { type Preparation, prepare } from '../../src/scenario/plan.js';
import { parseScenario } from '../../src/scenario/scenario.js';
import { outcomeOfSlot } from '../../src/slots/slot-outcome.js';
import type { Testbed } from '../../src/slots/testbed.js';
import type { Powers } from '../../src/sounding/powers.js';
import type { Sounding } from '../../src/sounding/sounding.js';
import { emulatedSection } from '../../src/testbed.js';
import { VirtualClock } from '../fixtures/virtual-clock.js';

const BAUD = 3_000_000;
const NUM_ELEMENTS = 32;
/** Longer than any mix of faults takes; a campaign that is not over by then hangs. */
const LONGEST_S = 120;
const UE = 'ada';
const SCENARIO = `
array: { elements: ${NUM_ELEMENTS}, carrier: 100 GHz, rings: 3 }
board: { port: emulated, baud: 3e6 }
slots: { duration: 1 ms, turnaround: 2 ms, maxAttempts: 60 }
bridge: { powerTimeout: 300 ms }
scheme: dpc
channel: { snr: 20 dB, scatterers: 0 }
users: [{ id: ${UE}, position: [1.1 m, 0.35 m] }]
`;

/** What goes wrong in mix `number`. */
export function drawFaults(number: number): FaultPlan {
  const random = new Random(311, 'virtual mix', number);
  const chance = (probability: number) => random.uniform() < probability;
  const between = (low: number, high: number) => low + random.uniform() * (high - low);
  const pick = <T>(...of: readonly T[]) => of[random.integer(of.length)]!;
  const rate = () => (chance(0.4) ? 0 : 10 ** between(-5, -3));
  const noise = () => ({ drop: rate(), flip: rate(), duplicate: rate() });
  const event = (): FaultEvent => ({
    trigger: pick<FaultEvent['trigger']>(
      { kind: 'slot', slot: random.integer(80) },
      // After the greeting: who unplugs a board that nobody has opened yet tests the opening.
      { kind: 'bytes', count: 400 + random.integer(6000) },
      { kind: 'time', timeS: between(0.05, 0.5) },
    ),
    action: pick<FaultEvent['action']>(
      { kind: 'reset' },
      { kind: 'unplug', durationS: between(0.001, 0.8) },
      { kind: 'stall', durationS: between(0.001, 1.5) },
    ),
  });
  return {
    toBoard: noise(),
    toHost: noise(),
    fragmentBytes: chance(0.2) ? 1 + random.integer(20) : null,
    memoryDelayS: chance(0.3) ? between(1e-4, 5e-3) : 0,
    missedSlots: [],
    missRate: chance(0.3) ? between(0, 0.02) : 0,
    events: Array.from({ length: random.integer(4) }, event),
  };
}

export interface CampaignEnd {
  /** What was decided after each batch. */
  readonly decisions: readonly number[];
  /** What must not be, in words. */
  readonly troubles: readonly string[];
  readonly numSlots: number;
  /** Codewords that the board made of their parameters. */
  readonly numExpanded: number;
}

/** What is done to a board, and what it does. */
export interface CampaignBoardPorts {
  readonly faults: FaultPlan;
  readonly seed: number;
  readonly baud: number;
  readonly numElements: number;
  readonly timers: Timers;
  readonly toHost: (chunk: Uint8Array) => void;
  readonly onAir: (slot: OnAir) => void;
  /** The cable was pulled, or put back. */
  readonly onPlug: (plugged: boolean) => void;
}

/** The part of it that the board and the listener agree on. */
type OnAir = Pick<AirSlot, 'slot' | 'untilS' | 'codeword'>;

export interface CampaignBoard {
  receive(chunk: Uint8Array): void;
  close(): void;
}

const emulatedBoard = (ports: CampaignBoardPorts): CampaignBoard => {
  const { faults, seed, baud, numElements, timers, toHost, onAir, onPlug } = ports;
  return new EmulatedBoard(
    { realtime: true, model: { numElements, baud }, seed, faults },
    { toHost, onAir, onPlug, timers },
  );
};

/** @param number of the mix; null: no faults. */
export async function virtualCampaign(
  number: number | null,
  startBoard: (ports: CampaignBoardPorts) => CampaignBoard = emulatedBoard,
): Promise<CampaignEnd> {
  const clock = new VirtualClock();
  const preparation = prepare(parseScenario(SCENARIO, 'mix.yaml', emulatedSection).scenario);
  const { host, device, unplug, plug } = createLoopback();
  const ue = new UeInProcess(preparation, clock);
  const onAir = new Map<number, string | null>();
  const attach = () => device.open({ onBytes: (chunk) => board.receive(chunk), onClosed: () => {} });
  const board = startBoard({
    faults: number === null ? NO_FAULTS : drawFaults(number),
    ...{ seed: number ?? 1, baud: BAUD, numElements: NUM_ELEMENTS, timers: clock.timers },
    toHost: (chunk) => void device.write(chunk).catch(() => {}),
    onAir: (slot) => {
      onAir.set(slot.slot, slot.codeword?.hash ?? null);
      ue.hear(slot);
    },
    onPlug: (plugged) => {
      if (!plugged) return unplug();
      plug();
      void attach();
    },
  });
  await attach();
  const random = new Random(number ?? 0, 'sessions');
  const recorded = new RowsInMemory();
  const over = new AbortController();
  const tooLong = clock.timers.after(LONGEST_S, () => over.abort(new Error(`not over after ${LONGEST_S} s`)));
  const campaign = async () => {
    const driver = await openNativeBoard({
      ...{ transport: host, clock, baudRate: BAUD, random: () => random.uint32(), signal: over.signal },
    });
    const testbed: Testbed = {
      ...{ board: driver, bridge: ue, time: 'real', close: async () => {} },
      earliestBoardTimeS: (numRoundTrips = 2) =>
        driver.boardTime().hiS + 2 * numRoundTrips * (driver.linkStatistics().roundTripS ?? 0.02),
      waitUntilBoardTime: async (toS, signal) => {
        for (;;) {
          const leftS = toS - driver.boardTime().loS;
          if (leftS <= 0) return;
          await clock.sleep(Math.max(leftS, 1e-3), signal);
        }
      },
    };
    const recording = recorded as unknown as Recording;
    const sounder = await openSounder(preparation, testbed, recording, { clock, signal: over.signal });
    const decisions = await sounder.run({ name: UE, ues: [UE], sounding: heardByOne(search(preparation)) });
    sounder.close();
    const numExpanded = driver.codewordsExpanded();
    await driver.close();
    return { decisions, numExpanded };
  };
  try {
    const end = await clock.during(campaign());
    return { ...end, troubles: recorded.troubles(onAir), numSlots: recorded.of('slots').length };
  } finally {
    tooLong();
    board.close();
  }
}

/** Down the diverging codebook, then all rings of the directions around: what was best each time. */
function* search({ polar }: Preparation): Sounding<number[]> {
  const dpc = new DpcCodebook(polar.array);
  const decisions: number[] = [];
  const best = function* (codewords: readonly Codeword[]): Sounding<number> {
    const { mean } = yield codewords;
    decisions.push(mean.indexOf(Math.max(...mean)));
    return decisions.at(-1)!;
  };
  let index = 1;
  for (let level = 1; level <= dpc.numLevels; level++) {
    const children = [2 * index - 1, 2 * index].flatMap((child) => {
      const codeword = dpc.codeword(level, child);
      return codeword === null ? [] : [{ child, codeword }];
    });
    index = children[yield* best(children.map(({ codeword }) => codeword))]!.child;
  }
  const angles = Array.from({ length: 13 }, (_, k) => Math.min(32, Math.max(1, index - 6 + k)));
  const around = [1, 2, 3].flatMap((ring) =>
    [...new Set(angles)].map((angleIndex) => ({ ring, angleIndex })),
  );
  yield* best(around.map((each) => polar.codeword(each)));
  return decisions;
}

/** For one listener. */
function* heardByOne<R>(sounding: Sounding<R>): Sounding<R, readonly Powers[]> {
  let step = sounding.next();
  while (!step.done) step = sounding.next((yield step.value)[0]!);
  return step.value;
}

/** Hears every slot that it was asked for, whatever was on the air then. */
class UeInProcess implements UeBridge {
  readonly url = 'none';
  readonly #clock: VirtualClock;
  readonly #channel: { readonly re: Float64Array; readonly im: Float64Array };
  readonly #asked = new Set<number>();
  #sequence = 0;
  #listener: (record: PowerRecord) => void = () => {};

  constructor({ polar, users }: Preparation, clock: VirtualClock) {
    this.#clock = clock;
    this.#channel = channelVector(polar.array, users[0]!.truth!.paths);
  }

  hear({ slot, untilS, codeword }: OnAir): void {
    if (!this.#asked.delete(slot)) return;
    const power = codeword === null ? 0 : this.#received(codeword.weights);
    this.#clock.timers.after(Math.max(0, untilS - this.#clock.nowS()) + 1e-3, () =>
      this.#listener({
        ...{ ueId: UE, sequence: this.#sequence++, slot, ueTimeS: this.#clock.nowS(), noiseFloor: 1e-9 },
        powers: Float32Array.of(power),
      }),
    );
  }

  #received({ re, im }: { readonly re: ArrayLike<number>; readonly im: ArrayLike<number> }): number {
    let [x, y] = [0, 0];
    for (let n = 0; n < re.length; n++) {
      x += this.#channel.re[n]! * re[n]! - this.#channel.im[n]! * im[n]!;
      y += this.#channel.re[n]! * im[n]! + this.#channel.im[n]! * re[n]!;
    }
    return x * x + y * y;
  }

  async waitForUe(ueId: string) {
    return { ueId, model: 'm', software: 's', numSubcarriers: 1 };
  }

  async measure(...[, slots]: Parameters<UeBridge['measure']>): Promise<boolean> {
    for (const slot of slots) this.#asked.add(slot);
    return true;
  }

  async estimate(): Promise<never> {
    throw new Error('not asked for');
  }

  onPower(listener: (record: PowerRecord) => void): void {
    this.#listener = listener;
  }

  onSensor(): void {}

  acknowledge(): void {}

  statistics() {
    return [];
  }

  complaint(): null {
    return null;
  }

  async close(): Promise<void> {}
}

type StoredRow = Readonly<Record<string, unknown>>;

/** What a run would have written, and what must not be in it. */
class RowsInMemory {
  readonly #rows = new Map<string, StoredRow[]>();

  append(table: string, row: StoredRow): void {
    const rows = this.#rows.get(table);
    if (rows === undefined) this.#rows.set(table, [row]);
    else rows.push(row);
  }

  of(table: string): readonly StoredRow[] {
    return this.#rows.get(table) ?? [];
  }

  troubles(onAir: ReadonlyMap<number, string | null>): string[] {
    const troubles: string[] = [];
    const receipts = new Map<unknown, StoredRow>();
    for (const receipt of this.of('receipts')) {
      if (receipts.has(receipt.slot)) troubles.push(`slot ${receipt.slot} has two receipts`);
      receipts.set(receipt.slot, receipt);
      const radiated = onAir.get(receipt.slot as number) ?? null;
      if (receipt.status !== 'missed' && radiated !== receipt.hash) {
        troubles.push(
          `slot ${receipt.slot} is said to be ${receipt.status} with ${receipt.hash}, and ${radiated} was on the air`,
        );
      }
    }
    const powers = new Set(this.of('powers').map(({ slot }) => slot));
    const measured = new Map<string, number>();
    for (const { slot, hash, batch, position } of this.of('slots')) {
      const receipt = (receipts.get(slot) ?? null) as Parameters<typeof outcomeOfSlot>[1];
      const isMeasured = outcomeOfSlot(hash as string, receipt, powers.has(slot)) === 'joined';
      const pilot = `batch ${batch}, position ${position}`;
      measured.set(pilot, (measured.get(pilot) ?? 0) + (isMeasured ? 1 : 0));
    }
    for (const [pilot, times] of measured)
      if (times !== 1) troubles.push(`${pilot} was measured ${times} times`);
    return troubles;
  }

  event(): void {}

  async durable(): Promise<void> {}

  async flushed(): Promise<void> {}

  /** Nothing is there from before. */
  async rows(): Promise<StoredRow[]> {
    return [];
  }

  async query(): Promise<StoredRow[]> {
    return [];
  }
}
