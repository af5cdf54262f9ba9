import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { spawnCommand } from '../../fixtures/spawn-command.js';
import { SerialHost } from './serial-host.js';

const directory = mkdtempSync(path.join(tmpdir(), 'beamloop-test-'));
const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

async function emulateBoard(...args: string[]) {
  const child = spawn(process.execPath, ['dist/src/cli/main.js', 'emulate-board', '--json', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  const [line] = await once(child.stdout, 'data');
  return { child, ...(JSON.parse(String(line)) as { port: string; baud: number; numElements: number }) };
}

describe('beamloop emulate-board', () => {
  it('is a board that any program can talk to, until Ctrl-C', async () => {
    const settings = path.join(directory, 'board.yaml');
    writeFileSync(settings, 'phaseBits: 4\ndelayBits: 7\ndelayLsb: 4 ps\nserialNumber: LAB-7\n');
    const { child, port, numElements } = await emulateBoard('--elements', '48', '--settings', settings);
    expect(numElements).toBe(48);
    const host = new SerialHost(0xabcd);
    await host.open(port);
    expect(await host.hello()).toMatchObject({
      numElements: 48,
      phaseBits: 4,
      delayBits: 7,
      delayLsbFs: 4000,
      serialNumber: 'LAB-7',
    });
    // Its clock runs by itself.
    const ticks = async () => {
      host.heard.length = 0;
      host.write('ReadClock', { token: 1 });
      return host.until(
        () => host.heard.flatMap((m) => (m.name === 'ClockReading' ? [m.value.sentTicks] : []))[0],
      );
    };
    const first = await ticks();
    expect(await ticks()).toBeGreaterThan(first);
    await host.close();
    child.kill('SIGINT');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    expect(existsSync(path.dirname(port))).toBe(false);
  });

  it.each([
    [['--elements', '0'], 'elements'],
    [['--baud', 'fast'], 'baud'],
    [['--settings', 'no-such-file.yaml'], 'no-such-file.yaml'],
  ])('refuses %j with one line that says why', (args, why) => {
    const wrong = spawnCommand(['emulate-board', ...args]);
    expect(wrong.status).toBe(2);
    expect(wrong.stdout).toBe('');
    expect(wrong.stderr).toContain(why);
    expect(wrong.stderr.trim().split('\n')).toHaveLength(1);
  });
});
