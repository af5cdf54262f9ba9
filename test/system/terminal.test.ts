/** The command line on a terminal: what it shows while it runs, and what Ctrl-C leaves there. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Pty } from '../../drivers/emulator/pty.js';
import { PATIENCE_S } from '../fixtures/patience.js';
import { writeScenario } from './campaign-runs.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'beamloop-terminal-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('shows pilots of how many, and the message of Ctrl-C begins on a line of its own', async () => {
  let shown = '';
  const terminal = await Pty.open((chunk) => {
    shown += Buffer.from(chunk).toString('utf8');
  });
  const fd = openSync(terminal.path, constants.O_RDWR | constants.O_NOCTTY);
  const scenario = writeScenario(folder, 'does it work', '{ faults: { slowMemory: 20 ms } }');
  const out = path.join(folder, 'does it work');
  const args = ['dist/src/cli/main.js', 'run', scenario, '--out', out, '--no-report', '--realtime'];
  const run = spawn(process.execPath, args, { stdio: ['ignore', fd, fd] });
  closeSync(fd);
  try {
    const exited = once(run, 'exit');
    const until = performance.now() + 1e3 * PATIENCE_S;
    while (!/user 2 of 3, \S+: \d+ of/.test(shown) && run.exitCode === null && performance.now() < until)
      await setTimeout(20);
    expect(shown).toMatch(/user 1 of 3, \S+: 0 of up to \d+ pilots/);
    expect(shown).toMatch(/user 2 of 3, \S+: \d+ of (up to )?\d+ pilots, \d+ s left/);
    // As the terminal would show it where the cursor stands.
    shown += '^C';
    run.kill('SIGINT');
    const [code] = await exited;
    await setTimeout(50);
    expect(code).toBe(130);
    expect(shown).toMatch(/\^C\n(.*\n)*beamloop: Interrupted; the array was muted/);
    // What is advised can be typed as it stands.
    expect(shown).toContain(`beamloop resume '${out}'  [INTERRUPTED]`);
  } finally {
    run.kill('SIGKILL');
    terminal.close();
  }
});
