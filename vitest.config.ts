import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    setupFiles: ['test/random-tests.setup.ts'],
    // Two cores is the smallest machine that the suite must pass on.
    maxWorkers: 2,
  },
});
