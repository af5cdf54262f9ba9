/** A whole campaign on a board whose firmware is at fault, in this process and in real time, as such boards are real ones. */
import { openNativeBoard } from '../../drivers/boards/open-native-board.js';
import type { EmulatedBoard } from '../../drivers/emulator/emulated-board.js';
import { createLoopback } from '../../drivers/transports/loopback.js';
import type { PowerRecord, UeBridge } from '../../src/bridge/bridge.js';
import type { OpenTestbed, TestbedRequest } from '../../src/campaign/open-testbed.js';
import type { CampaignOutcome } from '../../src/campaign/outcome.js';
import { startRun } from '../../src/campaign/run.js';
import { createSubcarrierSum } from '../../src/channel/wideband/subcarrier-sum.js';
import { monotonicClock } from '../../src/core/clock.js';
import type { BeamloopError } from '../../src/core/errors.js';
import { EmulatedUe } from '../../src/emulation/emulated-ue.js';
import { Recording } from '../../src/record/recording.js';
import { parseScenario } from '../../src/scenario/scenario.js';
import { widebandOf } from '../../src/scenario/wideband.js';
import { outcomeOfSlot } from '../../src/slots/slot-outcome.js';
import { type EmulatedSection, emulatedSection } from '../../src/testbed.js';
import { isSensorReport } from '../../src/ue/power-source.js';
import { BAUD } from './board-rigs.js';

const scenario = (maxAttempts: number) => `
array: { elements: 16, carrier: 28 GHz, rings: 3 }
board: { port: emulated }
slots: { duration: 1 ms, turnaround: 2 ms, maxAttempts: ${maxAttempts} }
scheme: far-field-sweep
channel: { snr: 20 dB, scatterers: 0 }
bridge: { powerTimeout: 500 ms }
users: [{ id: ada, position: [2 m, 1 m] }, { id: bela, position: [3 m, -1 m] }]
`;

export interface FaultyCampaign {
  /** What ended it; null when it ended by itself. */
  readonly error: BeamloopError | null;
  readonly outcome: CampaignOutcome | null;
  /** Slots that the recording takes for measured, and in which another codeword than theirs was on the air. */
  readonly wronglyMeasured: readonly number[];
  readonly numMeasured: number;
  /** What the board did against its protocol, as the recording has it. */
  readonly breaches: readonly string[];
}

/**
 * @param folder of the recording; nothing is there yet.
 * @param maxAttempts slots that a pilot gets: many for a board that can be trained with, on a machine that is busy.
 */
export async function faultyCampaign(
  Board: typeof EmulatedBoard,
  folder: string,
  maxAttempts: number,
): Promise<FaultyCampaign> {
  const onAir = new Map<number, string | null>();
  const file = parseScenario(scenario(maxAttempts), 'faulty.yaml', emulatedSection);
  let error: BeamloopError | null = null;
  const outcome = await startRun(file, folder, {
    openTestbed: testbedWith(Board, onAir),
    realtime: true,
    signal: new AbortController().signal,
    progress: { warning() {}, waiting() {}, batch() {}, finished() {} },
  }).catch((thrown: BeamloopError) => {
    error = thrown;
    return null;
  });
  const recording = await Recording.open(folder, 'read');
  try {
    const receipts = new Map((await recording.rows('receipts')).map((row) => [row.slot, row]));
    const powers = new Set((await recording.rows('powers')).map(({ slot }) => slot));
    const measured = (await recording.rows('slots')).filter(
      ({ slot, hash }) => outcomeOfSlot(hash, receipts.get(slot) ?? null, powers.has(slot)) === 'joined',
    );
    const faults = await recording.rows('events', `WHERE kind = 'board fault'`);
    return {
      error,
      outcome,
      numMeasured: measured.length,
      wronglyMeasured: measured.flatMap(({ slot, hash }) => (onAir.get(slot) === hash ? [] : [slot])),
      breaches: faults.flatMap(({ detail }) => (detail as { readonly breach?: string }).breach ?? []),
    };
  } finally {
    await recording.close();
  }
}

function testbedWith(
  Board: typeof EmulatedBoard,
  onAir: Map<number, string | null>,
): OpenTestbed<EmulatedSection> {
  return async (request) => {
    const { host, device } = createLoopback();
    const ues = new UesInProcess(request);
    const emulated: EmulatedBoard = new Board(
      { realtime: true, model: { numElements: request.array.numElements } },
      {
        toHost: (chunk) => void device.write(chunk).catch(() => {}),
        onAir: ({ slot, fromS, untilS, codeword }) => {
          onAir.set(slot, codeword?.hash ?? null);
          ues.hear({ fromS, untilS, weights: codeword?.weights ?? null });
        },
      },
    );
    await device.open({ onBytes: (chunk) => emulated.receive(chunk), onClosed: () => {} });
    const board = await openNativeBoard({ transport: host, baudRate: BAUD, signal: request.signal });
    return {
      board,
      bridge: ues,
      time: 'real',
      earliestBoardTimeS: () => board.boardTime().hiS + 0.05,
      waitUntilBoardTime: async (toS, signal) => {
        await monotonicClock.sleep(Math.max(0, toS - board.boardTime().loS), signal);
      },
      close: async () => {
        await board.close().catch(() => {});
        await ues.close();
        emulated.close();
        await device.close();
      },
    };
  };
}

/** UEs of the users, without the network between. */
export class UesInProcess implements UeBridge {
  readonly url = 'none';
  readonly #ues = new Map<string, EmulatedUe>();
  readonly #end = new AbortController();
  #listener: (record: PowerRecord) => void = () => {};

  readonly #numSubcarriers: number;

  constructor({ array, users, scenario }: TestbedRequest<EmulatedSection>) {
    const { seed } = scenario;
    const wideband = widebandOf(scenario);
    const subcarriers = wideband && createSubcarrierSum(array.numElements, wideband.band);
    this.#numSubcarriers = wideband?.band.numSubcarriers ?? 1;
    for (const { id, truth } of users) {
      const { paths, snrDb } = truth!;
      this.#ues.set(id, new EmulatedUe({ ueId: id, array, paths, snrDb, seed, subcarriers }));
      void this.#report(id);
    }
  }

  hear(signal: Parameters<EmulatedUe['hear']>[0]): void {
    for (const ue of this.#ues.values()) ue.hear(signal);
  }

  async #report(ueId: string): Promise<void> {
    let sequence = 0;
    try {
      for await (const item of this.#ues.get(ueId)!.powers(this.#end.signal)) {
        if (!isSensorReport(item)) this.#listener({ ueId, sequence: sequence++, ...item });
      }
    } catch (error) {
      if (!this.#end.signal.aborted) throw error;
    }
  }

  async waitForUe(ueId: string) {
    return { ueId, model: 'm', software: 's', numSubcarriers: this.#numSubcarriers };
  }

  async measure(...[ueId, slots, , , , clock]: Parameters<UeBridge['measure']>): Promise<boolean> {
    this.#ues.get(ueId)!.listenFor(slots, { maxDrift: 100e-6, ...clock! });
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

  async close(): Promise<void> {
    this.#end.abort();
  }
}
