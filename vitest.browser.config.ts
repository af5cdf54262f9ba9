/** Pages in a real browser: needs Debian's chromium, so it is not part of the default suite (npm run test:browser). */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/browser/**/*.browser.ts'],
    // Limits for what hangs, as in vitest.config.ts.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    maxWorkers: 1,
  },
});
