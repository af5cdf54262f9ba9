/** What shells are told, and the scripts with which they ask. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callCommandLine } from '../../fixtures/call-command-line.js';

const { SHELL } = process.env;
const cwd = process.cwd();

beforeEach(() => {
  process.env.SHELL = 'bash';
});
afterEach(() => {
  process.chdir(cwd);
  process.env.SHELL = SHELL;
});

async function completed(...words: string[]): Promise<string[]> {
  const { status, stdout, stderr } = await callCommandLine('--get-yargs-completions', 'beamloop', ...words);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.split('\n').filter(Boolean);
}

describe('completion', () => {
  it('knows commands and their own second words', async () => {
    const commands = await completed('');
    expect(commands).toEqual(expect.arrayContaining(['run', 'init', 'completion', 'emulate-board']));
    expect(await completed('rep')).toEqual(['replay', 'report']);
    expect(await completed('codebook', '')).toEqual(expect.arrayContaining(['dpc', 'tdps', 'planar']));
    expect(await completed('recording', '')).toEqual(
      expect.arrayContaining(['put', 'get', 'list', 'remove']),
    );
    expect(await completed('completion', '')).toEqual(expect.arrayContaining(['bash', 'zsh']));
  });

  it('knows the options of a command', async () => {
    const options = await completed('run', 'first-light', '--');
    expect(options).toEqual(expect.arrayContaining(['--dry-run', '--seed', '--json', '--report']));
    expect(options).toContain('--nats');
    expect(options).not.toContain('--elements');
    for (const command of ['resume', 'calibrate', 'watch', 'dashboard'])
      expect(await completed(command, '--')).toContain('--nats');
  });

  it('knows what comes with beamloop, by the command that carries it out', async () => {
    expect(await completed('run', 'fir')).toEqual(['first-light']);
    expect(await completed('study', 'papers/beam-split-fig8')).toEqual(['papers/beam-split-fig8']);
    expect(await completed('study', '')).not.toContain('first-light');
    expect(await completed('run', '--out', 'fir')).not.toContain('first-light');
  });

  it('knows recordings below the folder where runs leave them', async () => {
    const place = mkdtempSync(path.join(tmpdir(), 'completion-'));
    try {
      for (const name of ['a-1', 'b-2', 'nothing']) {
        mkdirSync(path.join(place, 'recordings', name), { recursive: true });
        if (name !== 'nothing') writeFileSync(path.join(place, 'recordings', name, 'recording.duckdb'), '');
      }
      process.chdir(place);
      expect(await completed('resume', '')).toEqual(['recordings/a-1', 'recordings/b-2']);
      expect(await completed('report', 'recordings/b')).toEqual(['recordings/b-2']);
      expect(await completed('recording', 'put', '')).toEqual(['recordings/a-1', 'recordings/b-2']);
    } finally {
      process.chdir(cwd);
      rmSync(place, { recursive: true, force: true });
    }
  });

  it('prints a script for each shell, whichever it runs in, and refuses others', async () => {
    for (const inside of ['bash', 'zsh']) {
      process.env.SHELL = `/bin/${inside}`;
      const bash = (await callCommandLine('completion', 'bash')).stdout;
      expect(bash).toMatch(/^complete .* beamloop$/m);
      expect(bash).toContain('SHELL=bash beamloop --get-yargs-completions');
      const zsh = JSON.parse((await callCommandLine('completion', 'zsh', '--json')).stdout);
      expect(zsh.script).toMatch(/^#compdef beamloop/);
      expect(zsh.script).toContain('SHELL=zsh beamloop --get-yargs-completions');
      expect(process.env.SHELL).toBe(`/bin/${inside}`);
    }
    expect((await callCommandLine('completion', 'tcsh')).status).toBe(2);
  });

  it.runIf(process.platform === 'linux')('completes a word in bash by what the program answers', async () => {
    const { stdout: script } = await callCommandLine('completion', 'bash');
    const shell = `beamloop() { echo "$SHELL $*" >&2; printf '%s\\n' resume report run; }
${script}
COMP_WORDS=(beamloop re) COMP_CWORD=1
_beamloop_yargs_completions
echo "\${COMPREPLY[@]}"`;
    const bash = spawnSync('bash', ['-c', shell], { encoding: 'utf8' });
    expect(bash.stdout).toBe('resume report\n');
    expect(bash.stderr).toBe('bash --get-yargs-completions beamloop re\n');
  });
});
