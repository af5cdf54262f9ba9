import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Recording } from '../../src/record/recording.js';
import { Running } from './campaign-runs.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'beamloop-trouble-'));
});
afterEach(() => {
  execFileSync('chmod', ['-R', 'u+rwx', folder]);
  rmSync(folder, { recursive: true, force: true });
});

const SCENARIO = `
title: Trouble
seed: 1
array: { elements: 16, carrier: 28 GHz }
board: { port: emulated }
slots: { duration: 5 ms }
scheme: far-field-sweep
channel: { snr: 20 dB }
users: { count: 30 }
`;

function scenario(): string {
  const file = path.join(folder, 'trouble.yaml');
  writeFileSync(file, SCENARIO);
  return file;
}

describe('a recording in trouble', () => {
  it('whose folder is deleted ends the run, which says so and exits with 5', async () => {
    const out = path.join(folder, 'run');
    const running = new Running(['run', scenario(), '--out', out, '--realtime', '--no-report']);
    await running.until('user 1 of 30');
    rmSync(out, { recursive: true });
    const { code, stdout, stderr } = await running.end();
    expect(code).toBe(5);
    expect(stdout).not.toContain('Recording:');
    expect(stderr).toContain('RECORDING_LOST');
    expect(stderr).toContain(out);
    expect(existsSync(out)).toBe(false);
  });

  it('for which there is no room from the beginning is not made, and nothing is left of it', async () => {
    const out = path.join(folder, 'run');
    // A limit on the size of files stands for a disk that is full.
    const limited = `trap '' XFSZ; ulimit -f 16; exec "$0" "$@"`;
    const args = [path.resolve('dist/src/cli/main.js'), 'run', scenario(), '--out', out];
    const child = spawn('bash', ['-c', limited, process.execPath, ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    await once(child, 'close');
    expect(child.exitCode, stderr).toBe(2);
    expect(stderr).toContain('FILE_UNWRITABLE');
    expect(stderr).toContain('disk has room');
    expect(existsSync(out)).toBe(false);
  });

  it('of a scenario with a question mark and spaces in its name is kept in a folder without the mark', async () => {
    const file = path.join(folder, 'does it work?.yaml');
    writeFileSync(file, SCENARIO.replace('count: 40', 'count: 1'));
    const { code, stdout, stderr } = await new Running(['run', file, '--no-report'], folder).end();
    expect(code, stderr).toBe(0);
    const [, kept] = /^Recording: (.*)$/m.exec(stdout)!;
    expect(kept).toMatch(/^recordings\/does it work_-/);
    await (await Recording.open(path.join(folder, kept!), 'read')).close();
  });

  it('whose rights were taken away is told from a damaged or busy one', async () => {
    const run = path.join(folder, 'run');
    await (
      await Recording.create(run, {
        ...{
          scenarioName: 's',
          scenarioText: '',
          calibrationText: null,
          scenario: {},
          seed: 1,
          versions: {},
        },
      })
    ).close();
    chmodSync(folder, 0o755);
    const file = path.join(run, 'recording.duckdb');
    const codesOf = async (mode: number, folderMode: number) => {
      chmodSync(file, mode);
      chmodSync(run, folderMode);
      return openAsSomebody(run);
    };
    // To read, to write.
    expect(await codesOf(0o444, 0o755)).toEqual(['ok', 'FILE_UNWRITABLE']);
    expect(await codesOf(0o000, 0o755)).toEqual(['FILE_UNREADABLE', 'FILE_UNWRITABLE']);
    expect(await codesOf(0o444, 0o000)).toEqual(['FILE_UNREADABLE', 'FILE_UNREADABLE']);
  });
});

/** What somebody is told who is not above rights; root gives its own up for that. */
async function openAsSomebody(run: string): Promise<string[]> {
  const module = pathToFileURL(path.resolve('dist/src/record/recording.js')).href;
  const script = `
    const { Recording } = await import(${JSON.stringify(module)});
    if (process.getuid() === 0) {
      process.setegid(65534);
      process.seteuid(65534);
    }
    for (const mode of ['read', 'write']) {
      const code = await Recording.open(${JSON.stringify(run)}, mode).then(
        async (recording) => (await recording.close(), 'ok'),
        (error) => error.code ?? String(error),
      );
      console.log(code);
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  await once(child, 'close');
  return stdout.trim().split('\n');
}
