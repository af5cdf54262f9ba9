import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Limits for what hangs, far beyond what a busy machine takes.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000 } },
    setupFiles: ['test/random-tests.setup.ts'],
    // Two cores is the smallest machine that the suite must pass on.
    maxWorkers: 2,
  },
});
