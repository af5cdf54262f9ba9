/** The system's Chromium. Where it is missing, tests fail and say what to install. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** For whatever the browser is to do: a limit for what hangs. */
export const BROWSER_LIMIT_MS = 240_000;
const EXECUTABLE = process.env.BEAMLOOP_CHROMIUM ?? '/usr/bin/chromium';

export function launchChromium(): Promise<Browser> {
  if (!existsSync(EXECUTABLE)) {
    throw new Error(
      `There is no browser at ${EXECUTABLE}. Install it (apt-get install -y chromium), or name another Chromium in BEAMLOOP_CHROMIUM.`,
    );
  }
  return chromium.launch({
    executablePath: EXECUTABLE,
    timeout: BROWSER_LIMIT_MS,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
