/** `--log`: what a command was told, what came between, how it ended. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callCommandLine } from '../../fixtures/call-command-line.js';

let place: string;
beforeEach(() => {
  place = mkdtempSync(path.join(tmpdir(), 'log-'));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

function lines(file: string): Record<string, unknown>[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('--log', () => {
  it('is appended to, and says how a command was called and ended, without its secrets', async () => {
    const file = path.join(place, 'log');
    expect((await callCommandLine('scenarios', '--log', file)).status).toBe(0);
    const wrong = ['run', 'nowhere.yaml', '--log', file, '--set', 'bridge.token=secret', '--json'];
    expect((await callCommandLine(...wrong)).status).toBe(2);
    const asked = [
      '--nats',
      'nats://ann:secret@127.0.0.1:1',
      '--nats-password',
      'secret',
      '--nats-token=secret',
    ];
    await callCommandLine('studies', '--log', path.join(place, 'asked'), ...asked);
    expect(readFileSync(path.join(place, 'asked'), 'utf8')).toContain('"--nats","…@127.0.0.1:1"');
    expect(readFileSync(path.join(place, 'asked'), 'utf8')).not.toContain('secret');
    const all = lines(file);
    expect(all.map(({ msg }) => msg)).toEqual(['started', 'ended', 'started', 'The file does not exist']);
    expect(all[1]).toMatchObject({ level: 30, exitCode: 0 });
    expect(all[3]).toMatchObject({ level: 50, exitCode: 2, code: 'FILE_NOT_FOUND', where: 'nowhere.yaml' });
    expect(readFileSync(file, 'utf8')).not.toContain('secret');
  });

  it('has what a run tells of users and UEs, and at debug every batch', async () => {
    const file = path.join(place, 'log');
    const run = ['run', 'scenarios/first-light.yaml', '--no-report', '--log-level', 'debug', '--log', file];
    const { status, stderr } = await callCommandLine(...run, '--out', path.join(place, 'run'));
    expect(status, stderr).toBe(0);
    const messages = lines(file).map(({ msg }) => msg);
    expect(messages.filter((msg) => msg === 'user found')).toHaveLength(6);
    expect(messages).toContain('UE ada is connected');
    expect(messages).toContain('pilots measured');
  });

  it('is refused where no file can be, and given up where the disk is full, which changes nothing else', async () => {
    const nowhere = await callCommandLine('scenarios', '--log', path.join(place, 'none', 'log'));
    expect(nowhere).toMatchObject({ status: 2, stderr: expect.stringContaining('[FILE_UNWRITABLE]') });
    const folder = await callCommandLine('scenarios', '--log', place);
    expect(folder).toMatchObject({ status: 2, stderr: expect.stringContaining('it is a folder') });
    const full = await callCommandLine('scenarios', '--log', '/dev/full');
    expect(full).toMatchObject({ status: 0, stderr: expect.stringContaining('The log /dev/full ends here') });
  });
});
