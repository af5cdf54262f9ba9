import { defineConfig } from 'vitest/config';

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
    projects: [
      // They load each module once for all files, which alone would take each of them seconds: what they change outside of
      // themselves they undo. Projects run in the order of their names: what takes longest is not left for one core at the end.
      {
        test: {
          ...common,
          name: 'system',
          include: ['test/**/*.test.ts'],
          exclude: ['test/unit/**', ...ALONE],
          isolate: false,
        },
      },
      { test: { ...common, name: 'unit', include: ['test/unit/**/*.test.ts'], isolate: false } },
      { test: { ...common, name: 'alone', include: ALONE } },
    ],
  },
});
