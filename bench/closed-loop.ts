/**
 * Closed loop: from the last power of a batch to the next slots confirmed by the board, through recording, scheme,
 * quantisation, planner, bridge (a WebSocket) and driver (a loopback), all in this process.
 */
import { setMaxListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ArrayBoard } from '../drivers/array-board.js';
import { openNativeBoard } from '../drivers/boards/open-native-board.js';
import { EmulatedBoard } from '../drivers/emulator/emulated-board.js';
import { createLoopback } from '../drivers/transports/loopback.js';
import type { UeBridge } from '../src/bridge/bridge.js';
import { startBridge } from '../src/bridge/server.js';
import { runCampaign } from '../src/campaign/campaign.js';
import { monotonicClock } from '../src/core/clock.js';
import { boardModel, emulatedSection } from '../src/emulation/emulated-section.js';
import { EmulatedUe } from '../src/emulation/emulated-ue.js';
import { Recording } from '../src/record/recording.js';
import { type Preparation, prepare } from '../src/scenario/plan.js';
import { parseScenario } from '../src/scenario/scenario.js';
import type { Testbed } from '../src/slots/testbed.js';
import { UeAgent } from '../src/ue/agent.js';
import type { Benchmark, BenchRow } from './benchmark.js';
import { dpcScenario } from './dpc-scenario.js';

/** Meanwhile V8 compiles the code that it runs, on the cores that run it. */
const NUM_FIRST_USERS = 100;
const NUM_USERS = 400;
/** Pilots of a step down the tree; the batch of the refinement is larger. */
const TREE_BATCH = 2;

/** From the last power of a batch to the confirmation of the next, ms. */
interface Latency {
  /** Place of the user, from 0. */
  readonly turn: number;
  readonly wholeMs: number;
  /** Of it, until the board is asked to load; until it has confirmed codewords and slots. */
  readonly parts: readonly [choosingMs: number, confirmingMs: number];
}

interface Latencies {
  readonly tree: Latency[];
  readonly refinement: Latency[];
}

const PARTS = [
  'choosing, quantising and planning them',
  'the board confirms codewords, which the emulated one computes in this thread, and slots',
] as const;

export const closedLoop: Benchmark = {
  name: 'closed-loop',
  async run() {
    const folder = mkdtempSync(path.join(tmpdir(), 'beamloop-bench-'));
    try {
      const latencies = await measure(path.join(folder, 'run'));
      return [
        ...rowsOf(`first ${NUM_FIRST_USERS} users: `, latencies, (turn) => turn < NUM_FIRST_USERS),
        ...rowsOf(
          `next ${NUM_USERS - NUM_FIRST_USERS} users: `,
          latencies,
          (turn) => turn >= NUM_FIRST_USERS,
        ),
      ];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function rowsOf(whose: string, latencies: Latencies, isOne: (turn: number) => boolean): BenchRow[] {
  const tree = latencies.tree.filter(({ turn }) => isOne(turn));
  const refinement = latencies.refinement.filter(({ turn }) => isOne(turn));
  return [
    row(`${whose}last power to next slots confirmed, 2 pilots at 512 elements, p50`, quantile(tree, 0.5), 1),
    row('the same, p99', quantile(tree, 0.99), 1.5),
    ...sharesOf(tree),
    row('the same for the refinement of about 60 pilots, p50', quantile(refinement, 0.5), 2),
    ...sharesOf(refinement),
  ];
}

function row(what: string, value: number, atMost?: number): BenchRow {
  return {
    what,
    value,
    unit: 'ms',
    alternative: null,
    alternativeValue: null,
    ratio: null,
    ...(atMost !== undefined && { target: { of: 'value', atMost } }),
  };
}

function sharesOf(latencies: readonly Latency[]): BenchRow[] {
  const sum = (of: (latency: Latency) => number) => latencies.reduce((all, each) => all + of(each), 0);
  const allMs = sum(({ wholeMs }) => wholeMs);
  return PARTS.map((part, k) => ({
    ...row(`of all of that time, ${part}`, (100 * sum(({ parts }) => parts[k]!)) / allMs),
    unit: '%',
  }));
}

function quantile(latencies: readonly Latency[], share: number): number {
  const sorted = latencies.map(({ wholeMs }) => wholeMs).toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}

async function measure(folder: string): Promise<Latencies> {
  const { scenario, text, name } = parseScenario(dpcScenario(NUM_USERS), 'closed-loop.yaml', emulatedSection);
  const preparation = prepare(scenario);
  const ues = new Map(preparation.users.map(({ id }) => [id, emulatedUe(preparation, id)]));
  /** As in the process of emulated UEs: who waits for nothing hears nothing. */
  const listening = new Set<EmulatedUe>();

  const { host, device } = createLoopback();
  const emulated = new EmulatedBoard(
    { model: boardModel(scenario.board.emulated, scenario.array.elements, scenario.board.baud, null) },
    {
      toHost: (chunk) => void device.write(chunk),
      onAir: ({ fromS, untilS, codeword }) => {
        for (const ue of listening) {
          ue.hear({ fromS, untilS, weights: codeword?.weights ?? null });
          if (ue.isIdle) listening.delete(ue);
        }
      },
    },
  );
  await device.open({ onBytes: (chunk) => emulated.receive(chunk), onClosed: () => {} });
  const board = await openNativeBoard({ transport: host, baudRate: null });
  const bridge = await startBridge();
  const over = new AbortController();
  setMaxListeners(0, over.signal);
  const agents = [...ues].map(([ueId, source]) =>
    new UeAgent({
      url: bridge.url,
      description: { ueId, model: 'emulated', software: 'bench', numSubcarriers: 1 },
      source: {
        listenFor: (slots, timing) => {
          listening.add(source);
          source.listenFor(slots, timing);
        },
        powers: (signal) => source.powers(signal),
      },
    }).run(over.signal),
  );

  const stopwatch = new Stopwatch();
  const testbed: Testbed = {
    board: stopwatch.board(board),
    bridge: stopwatch.bridge(bridge),
    time: 'virtual',
    earliestBoardTimeS: () => Number.NEGATIVE_INFINITY,
    waitUntilBoardTime: async (toS) => {
      emulated.advanceTo(toS);
    },
    close: async () => {},
  };
  const recording = await Recording.create(folder, {
    scenarioName: name,
    scenarioText: text,
    scenario,
    calibrationText: null,
    seed: scenario.seed,
    versions: {},
  });
  const progress = { warning: () => {}, waiting: () => {}, batch: () => {}, finished: () => {} };
  const { signal } = new AbortController();
  const clock = monotonicClock;
  await runCampaign({ preparation, calibration: null, testbed, recording, clock, signal, progress });
  await recording.close();
  over.abort();
  await Promise.all(agents);
  await board.close();
  await bridge.close();
  emulated.close();
  return stopwatch.latencies;
}

function emulatedUe({ users, polar, scenario }: Preparation, ueId: string): EmulatedUe {
  const { paths, snrDb } = users.find(({ id }) => id === ueId)!.truth!;
  const { array } = polar;
  return new EmulatedUe({ ueId, array, paths, snrDb, seed: scenario.seed, subcarriers: null });
}

/** Stands between campaign and testbed and takes the times; steps from one user to the next do not count. */
class Stopwatch {
  readonly latencies: Latencies = { tree: [], refinement: [] };
  #turn = -1;
  #lastPowerMs: number | null = null;
  #loadMs = 0;

  bridge(bridge: UeBridge): UeBridge {
    return {
      url: bridge.url,
      waitForUe: (...args) => {
        this.#turn++;
        this.#lastPowerMs = null;
        return bridge.waitForUe(...args);
      },
      measure: (...args) => bridge.measure(...args),
      estimate: (...args) => bridge.estimate(...args),
      onPower: (listener) =>
        bridge.onPower((record) => {
          this.#lastPowerMs = performance.now();
          listener(record);
        }),
      onSensor: (...args) => bridge.onSensor(...args),
      acknowledge: (...args) => bridge.acknowledge(...args),
      complaint: (...args) => bridge.complaint(...args),
      statistics: (...args) => bridge.statistics(...args),
      close: () => bridge.close(),
    };
  }

  board(board: ArrayBoard): ArrayBoard {
    return new Proxy(board, {
      get: (target, property) => {
        const value: unknown = Reflect.get(target, property, target);
        if (property === 'load') {
          return (codewords: Parameters<ArrayBoard['load']>[0]) => {
            this.#loadMs = performance.now();
            return target.load(codewords);
          };
        }
        if (property === 'queue') {
          return async (entries: Parameters<ArrayBoard['queue']>[0]) => {
            await target.queue(entries);
            if (this.#lastPowerMs === null) return;
            const list = entries.length === TREE_BATCH ? this.latencies.tree : this.latencies.refinement;
            const queuedMs = performance.now();
            list.push({
              turn: this.#turn,
              wholeMs: queuedMs - this.#lastPowerMs,
              parts: [this.#loadMs - this.#lastPowerMs, queuedMs - this.#loadMs],
            });
          };
        }
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }
}
