/**
 * A whole campaign against the emulator on virtual time: WebSockets, a recording, and board and UEs in this process, or in processes of
 * their own with a pseudo-terminal. Slots per second from the first load to the last power, and what a round of pilots waits for. Virtual
 * time stands still meanwhile, so a slot costs what it takes to say and to confirm it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startRun } from '../src/campaign/run.js';
import { parseScenario } from '../src/scenario/scenario.js';
import type { Testbed } from '../src/slots/testbed.js';
import { emulatedSection, openTestbed } from '../src/testbed.js';
import type { Benchmark, BenchRow } from './benchmark.js';
import { dpcScenario } from './dpc-scenario.js';

const NUM_USERS = 60;
/** Of a longer campaign, in the last quarter of which V8 has compiled the code that it runs. */
const NUM_MANY_USERS = 240;
const LEAST_SLOTS_PER_S = 3000;
const PARTS = {
  confirm: 'the board confirms codewords and slots, and UEs that they listen',
  pass: 'slots pass and powers come',
  rest: 'choosing, quantising, planning',
} as const;
type Part = keyof typeof PARTS;

export const emulatedCampaign: Benchmark = {
  name: 'emulated-campaign',
  async run() {
    const first = rowsOf(await campaign(NUM_USERS));
    const { powersMs } = (await campaign(NUM_MANY_USERS)).times;
    const lastMs = powersMs.slice(Math.floor(0.75 * powersMs.length));
    return [
      ...first,
      slotsPerS(
        `the last quarter of such a campaign of ${NUM_MANY_USERS} users`,
        (1e3 * (lastMs.length - 1)) / (lastMs.at(-1)! - lastMs[0]!),
      ),
      slotsPerS(
        `${NUM_USERS} users after these, with a pseudo-terminal and processes of their own`,
        slotRate(await campaign(NUM_USERS, '{ at: pty }')),
      ),
    ];
  },
};

interface Timed {
  readonly times: Times;
  readonly numSlots: number;
}

async function campaign(numUsers: number, emulated?: string): Promise<Timed> {
  const folder = mkdtempSync(path.join(tmpdir(), 'beamloop-bench-'));
  const times = new Times();
  try {
    const file = parseScenario(dpcScenario(numUsers, emulated), 'emulated-campaign.yaml', emulatedSection);
    const outcome = await startRun(file, path.join(folder, 'run'), {
      openTestbed: async (request) => times.of(await openTestbed(request)),
    });
    return { times, numSlots: outcome.slots.planned };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function slotsPerS(what: string, value: number): BenchRow {
  return { what, value, unit: 'slots/s', alternative: null, alternativeValue: null, ratio: null };
}

function slotRate({ times: { fromMs, untilMs }, numSlots }: Timed): number {
  return (1e3 * numSlots) / (untilMs - fromMs);
}

function rowsOf(timed: Timed): BenchRow[] {
  const { ofPart, fromMs, untilMs } = timed.times;
  const allMs = untilMs - fromMs;
  const alone = { alternative: null, alternativeValue: null, ratio: null };
  const rest = allMs - ofPart.confirm - ofPart.pass;
  const parts = Object.entries(PARTS).map(([part, what]) => ({
    ...{ what: `of it, ${what}`, unit: '%', ...alone },
    value: (100 * (part === 'rest' ? rest : ofPart[part as Part])) / allMs,
  }));
  return [
    {
      ...slotsPerS(`campaign of ${NUM_USERS} users by DPC, 512 elements, emulated`, slotRate(timed)),
      target: { of: 'value', atLeast: LEAST_SLOTS_PER_S },
    },
    ...parts,
  ];
}

/** Stands between campaign and testbed, and takes the times. */
class Times {
  readonly ofPart: Record<Part, number> = { confirm: 0, pass: 0, rest: 0 };
  /** When powers came. */
  readonly powersMs: number[] = [];
  fromMs = Number.POSITIVE_INFINITY;
  untilMs = 0;
  #passedMs = 0;
  /** What is asked for and not confirmed, and since when there is any. */
  #numOpen = 0;
  #openSinceMs = 0;

  of(testbed: Testbed): Testbed {
    const { board, bridge } = testbed;
    const confirmed = new Set<string | symbol>(['load', 'queue', 'measure']);
    const timed = <T extends object>(target: T): T =>
      new Proxy(target, {
        get: (_, property) => {
          const value: unknown = Reflect.get(target, property, target);
          if (typeof value !== 'function') return value;
          return confirmed.has(property) ? this.#timed(value.bind(target)) : value.bind(target);
        },
      });
    bridge.onPower(() => {
      this.ofPart.pass += performance.now() - Math.max(this.#passedMs, this.untilMs);
      this.untilMs = performance.now();
      this.powersMs.push(this.untilMs);
    });
    return {
      ...testbed,
      board: timed(board),
      bridge: timed(bridge),
      waitUntilBoardTime: (toS, signal) => {
        this.#passedMs = performance.now();
        return testbed.waitUntilBoardTime(toS, signal);
      },
    };
  }

  #timed(ask: (...given: unknown[]) => Promise<unknown>) {
    return async (...given: unknown[]) => {
      if (this.#numOpen++ === 0) this.#openSinceMs = performance.now();
      this.fromMs = Math.min(this.fromMs, this.#openSinceMs);
      try {
        return await ask(...given);
      } finally {
        if (--this.#numOpen === 0) this.ofPart.confirm += performance.now() - this.#openSinceMs;
      }
    };
  }
}
