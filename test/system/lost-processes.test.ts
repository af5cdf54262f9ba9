/** Processes of the emulation that are killed in the middle of a run: it ends at once, says why, and can be gone on with. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { beamloop, Running } from './campaign-runs.js';

let folder: string;
let scenario: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'beamloop-lost-'));
  scenario = path.join(folder, 'many.yaml');
  // The UE and power timeouts are long: whoever waits for them has not noticed.
  writeFileSync(
    scenario,
    `array: { elements: 32, carrier: 28 GHz, rings: 2 }
board: { port: emulated, baud: 3e6, emulated: { at: pty } }
slots: { duration: 125 us }
scheme: exhaustive
channel: { snr: 20 dB, scatterers: 0 }
users: { count: 200 }
bridge: { ueTimeout: 1000 s, powerTimeout: 1000 s }
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Process number of the child of `parent` that runs this module. */
function childOf(parent: number, module: string): number {
  const listing = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  for (const line of listing.split('\n')) {
    const [pid, ppid] = line.trim().split(/\s+/, 2).map(Number);
    if (ppid === parent && line.includes(module)) return pid!;
  }
  throw new Error(`${parent} has no child that runs ${module}`);
}

it.each([
  [
    'UEs',
    'emulated-ue-process',
    4,
    /The emulated UEs failed: its process ended \(SIGKILL\).*resume.*\[UE_ABSENT\]/,
  ],
  [
    'board',
    'board-process',
    3,
    /The emulated board is gone: its process ended \(SIGKILL\).*resume.*\[BOARD_SILENT\]/,
  ],
] as const)(
  'the emulated %s: the run ends at once, and goes on when it is resumed',
  async (_, module, exit, told) => {
    const out = path.join(folder, module);
    const run = new Running(['run', scenario, '--out', out, '--no-report']);
    await run.until('user 20 of 200');
    process.kill(childOf(run.process.pid!, module), 'SIGKILL');
    const end = await run.end();
    expect(end.stderr).toMatch(told);
    expect(end.code).toBe(exit);
    const resumed = await beamloop('resume', out, '--no-report');
    expect(resumed.code).toBe(0);
    expect(resumed.stdout).toMatch(/\b200 of 200\b/);
  },
);
