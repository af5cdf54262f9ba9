/**
 * A campaign of some fifty slots through driver, link, loopback and a board, all on virtual time and in this process: quick
 * enough for thousands of mixes of faults. Powers have no noise, so that whatever the faults were, decisions are those without.
 */
import { openNativeBoard } from '../../drivers/boards/open-native-board.js';
import { EmulatedBoard } from '../../drivers/emulator/emulated-board.js';
import type { FaultEvent, FaultPlan } from '../../drivers/emulator/faults/fault-plan.js';
import { NO_FAULTS } from '../../drivers/emulator/faults/fault-plan.js';
import type { Timers } from '../../drivers/emulator/timers.js';
import { createLoopback } from '../../drivers/transports/loopback.js';
import { openSounder } from '../../src/campaign/open-sounder.js';
import type { Codeword } from '../../src/codebook/codeword.js';
import { DpcCodebook } from '../../src/codebook/dpc.js';
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
  type OnAir,
  type StoredRow,
  testbedOf,
  UeInProcess,
  VIRTUAL_UE,
} from './virtual-testbed.js';

const BAUD = 3_000_000;
const NUM_ELEMENTS = 32;
/** Longer than any mix of faults takes; a campaign that is not over by then hangs. */
const LONGEST_S = 120;
const SCENARIO = `
array: { elements: ${NUM_ELEMENTS}, carrier: 100 GHz, rings: 3 }
board: { port: emulated, baud: 3e6 }
slots: { duration: 1 ms, turnaround: 2 ms, maxAttempts: 60 }
bridge: { powerTimeout: 300 ms }
scheme: dpc
channel: { snr: 20 dB, scatterers: 0 }
users: [{ id: ${VIRTUAL_UE}, position: [1.1 m, 0.35 m] }]
`;

/** What goes wrong in mix `number`. */
function drawFaults(number: number): FaultPlan {
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
    const testbed = testbedOf(driver, ue, clock);
    const recording = recorded as unknown as Recording;
    const sounder = await openSounder(preparation, testbed, recording, { clock, signal: over.signal });
    const decisions = await sounder.run({
      name: VIRTUAL_UE,
      ues: [VIRTUAL_UE],
      sounding: heardByOne(search(preparation)),
    });
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

/** What a run would have written, and what must not be in it. */
class RowsInMemory extends NoRecording {
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
}

/**
 * Runs so many mixes from `first` on. Returns of each that ended in an error, in troubles or with other decisions than `undisturbed` what
 * was wrong, and its faults.
 */
export async function failuresOfMixes(
  first: number,
  count: number,
  undisturbed: CampaignEnd,
  campaign: (number: number) => Promise<CampaignEnd> = virtualCampaign,
): Promise<Record<number, unknown>> {
  const failed: Record<number, unknown> = {};
  for (let number = first; number < first + count; number++) {
    const troubles = await campaign(number).then(
      ({ decisions, troubles }) =>
        String(decisions) === String(undisturbed.decisions)
          ? troubles
          : [...troubles, `decided ${decisions}, not ${undisturbed.decisions}`],
      (error: unknown) => [String(error)],
    );
    if (troubles.length > 0) failed[number] = { troubles, faults: drawFaults(number) };
  }
  return failed;
}
