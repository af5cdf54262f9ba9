import { defineConfig } from 'vitest/config';

/** Of every test. */
const common = {
  // Limits for what hangs, far beyond what a busy machine takes.
  testTimeout: 300_000,
  hookTimeout: 300_000,
  setupFiles: ['test/random-tests.setup.ts'],
  expect: { poll: { timeout: 120_000 } },
};

export default defineConfig({
  test: {
    // Two cores is the smallest machine that the suite must pass on.
    maxWorkers: 2,
    projects: [
      {
        // They load each module once for all files, which is most of their time: what they change outside of themselves they undo.
        test: { ...common, name: 'unit', include: ['test/unit/**/*.test.ts'], isolate: false },
      },
      {
        test: { ...common, name: 'system', include: ['test/**/*.test.ts'], exclude: ['test/unit/**'] },
      },
    ],
  },
});
