import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.js';

/** Whoever asks for thousands of campaigns, kills or mixes waits for hours. */
const isLong = ['CAMPAIGNS', 'KILLS', 'LABELS', 'MIXES', 'RUNS', 'SHARDS', 'SOAK', 'WALK'].some(
  (name) => process.env[`BEAMLOOP_TEST_${name}`] !== undefined,
);

/** Of every test. */
const common = {
  // Limits for what hangs, far beyond what a busy machine takes.
  testTimeout: isLong ? 12 * 3_600_000 : 300_000,
  hookTimeout: 300_000,
  setupFiles: ['test/random-tests.setup.ts'],
  expect: { poll: { timeout: 120_000 } },
};

/** They change the process that they run in for good: flags of V8, or what a library reads as it loads. */
const ALONE = ['test/system/bridge-fuzz.test.ts', 'test/contract/usb-library.test.ts'];

export default defineConfig({
  test: {
    // Two cores is the smallest machine that the suite must pass on; a third of the time tests wait, for clocks and for processes.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      // They load each module once for all files, which alone would take each of them seconds: what they change outside of
      // themselves they undo. Tests that wait and tests that compute share the processes, and so the cores.
      {
        test: {
          ...common,
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: ALONE,
          isolate: false,
        },
      },
      { test: { ...common, name: 'alone', include: ALONE } },
    ],
  },
});
