/**
 * A campaign of as many users as a scenario may have, each with a UE of its own on the bridge. What a user costs must not depend on
 * how many came before: time and recorded bytes of the last thousand are held against those of the first. (The very first users
 * are left out of the times: connections are being made meanwhile.) It takes ten minutes or so, and says how far it is;
 * BEAMLOOP_BENCH_USERS sets another number of users.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DEFAULT_LIMITS } from '../src/bridge/limits.js';
import { startRun } from '../src/campaign/run.js';
import { Recording } from '../src/record/recording.js';
import { parseScenario } from '../src/scenario/scenario.js';
import { emulatedSection, openTestbed } from '../src/testbed.js';
import { type Benchmark, comparison } from './benchmark.js';

const NUM_USERS = Number(process.env.BEAMLOOP_BENCH_USERS ?? DEFAULT_LIMITS.maxUes);
const GROUP = NUM_USERS / 10;
/** Users at the beginning whose times do not count. */
const BEGINNING = GROUP / 2;
const SCENARIO = `
array: { elements: 2, carrier: 28 GHz, rings: 2 }
board: { port: emulated, baud: 3e6 }
slots: { duration: 125 us }
scheme: far-field-sweep
channel: { snr: 20 dB, scatterers: 0 }
users: { count: ${NUM_USERS} }
`;
/** What is written per user, and how to tell which user's a row is. */
const OF_USERS = `
  SELECT turn, sum(bytes) AS bytes FROM (
    SELECT turn, strlen(slots::VARCHAR) AS bytes FROM slots JOIN users USING (ue)
    UNION ALL SELECT turn, strlen(powers::VARCHAR) FROM powers JOIN users USING (ue)
    UNION ALL SELECT turn, strlen(estimates::VARCHAR) FROM estimates JOIN users USING (ue)
    UNION ALL SELECT row_number() OVER (ORDER BY wall_time) - 1, strlen(statistics) FROM link_statistics
  ) WHERE turn < ${NUM_USERS} GROUP BY turn ORDER BY turn`;

export const manyUsers: Benchmark = {
  name: 'many-users',
  async run() {
    const folder = await mkdtemp(path.join(tmpdir(), 'beamloop-users-'));
    const finishedMs: number[] = [];
    let numFound = 0;
    try {
      const out = path.join(folder, 'run');
      await startRun(parseScenario(SCENARIO, 'many-users.yaml', emulatedSection), out, {
        openTestbed,
        realtime: false,
        signal: new AbortController().signal,
        progress: {
          warning: () => {},
          waiting: () => {},
          batch: () => {},
          finished: ({ estimate }) => {
            finishedMs.push(performance.now());
            if (estimate !== null) numFound++;
            tellProgress(finishedMs);
          },
        },
      });
      const bytes = await bytesOfUsers(out);
      const perUserMs = (from: number, to: number) => (finishedMs[to]! - finishedMs[from]!) / (to - from);
      const meanBytes = (from: number, to: number) =>
        bytes.slice(from, to).reduce((sum, value) => sum + value, 0) / (to - from);
      const last = NUM_USERS - 1;
      return [
        comparison({
          what: `time per user, the last ${GROUP} of ${NUM_USERS} (${numFound} found)`,
          value: perUserMs(last - GROUP, last),
          unit: 'ms',
          alternative: `users ${BEGINNING} to ${BEGINNING + GROUP}`,
          alternativeValue: perUserMs(BEGINNING, BEGINNING + GROUP),
          target: { of: 'ratio', atMost: 1.5 },
        }),
        comparison({
          what: `recorded per user, the last ${GROUP} of ${NUM_USERS}`,
          value: meanBytes(NUM_USERS - GROUP, NUM_USERS),
          unit: 'bytes',
          alternative: `the first ${GROUP}`,
          alternativeValue: meanBytes(0, GROUP),
          target: { of: 'ratio', atMost: 1.1 },
        }),
      ];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** On standard error, so that rows as JSON stay alone on standard output. */
function tellProgress(finishedMs: readonly number[]): void {
  const num = finishedMs.length;
  if (num % (GROUP / 2) !== 0) return;
  const sinceMs = finishedMs.at(-1)! - finishedMs.at(-GROUP / 2)!;
  const eachMs = sinceMs / (GROUP / 2 - 1);
  process.stderr.write(
    `  ${num} of ${NUM_USERS} users, the last ${GROUP / 2} in ${eachMs.toFixed(0)} ms each\n`,
  );
}

async function bytesOfUsers(folder: string): Promise<number[]> {
  const recording = await Recording.open(folder, 'read');
  try {
    return (await recording.query(OF_USERS)).map(({ bytes }) => Number(bytes));
  } finally {
    await recording.close();
  }
}
