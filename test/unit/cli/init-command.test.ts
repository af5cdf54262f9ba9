/** Starter scenarios: whatever is answered, what is written can be run, and nothing else is written. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../../src/cli/command-line.js';
import { BeamloopError } from '../../../src/core/errors.js';
import { readScenario } from '../../../src/scenario/scenario.js';
import { emulatedSection } from '../../../src/testbed.js';
import { BUILT_IN_SCHEMES } from '../../../src/training/schemes/list.js';
import { callCommandLine } from '../../fixtures/call-command-line.js';

let place: string;
let file: string;

beforeEach(() => {
  place = mkdtempSync(path.join(tmpdir(), 'init-'));
  file = path.join(place, 'mine.yaml');
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

/** As on a terminal whose user types these lines; without the last line's end the user goes on thinking. */
async function typed(lines: string, args: readonly string[] = [], interrupt?: AbortController) {
  const keyboard = new PassThrough();
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const output = Promise.all([text(stdout), text(stderr)]);
  const controller = interrupt ?? new AbortController();
  if (interrupt === undefined) keyboard.end(lines);
  else {
    keyboard.write(lines);
    stderr.once('data', () =>
      setImmediate(() => controller.abort(new BeamloopError('INTERRUPTED', { what: 'Interrupted' }))),
    );
  }
  const context = { signal: controller.signal, stdout, stderr, keyboard };
  const status = await runCommandLine(['init', file, ...args], context, 'beamloop');
  stdout.end();
  stderr.end();
  const [printed, said] = await output;
  return { status, stdout: printed, stderr: said };
}

const read = () => readScenario(file, emulatedSection).scenario;

describe('beamloop init', () => {
  it('takes options, never asks without a terminal, and says what to do next', async () => {
    const called = await callCommandLine(
      ...['init', file, '--elements', '128', '--carrier', '60 GHz', '--port', 'emulated'],
      ...['--scheme', 'exhaustive', '--users', '4'],
    );
    expect(called).toMatchObject({ status: 0, stderr: '' });
    expect(called.stdout).toContain(`beamloop run ${file} --dry-run\n`);
    expect(read()).toMatchObject({
      array: { elements: 128, carrier: 60e9 },
      board: { port: 'emulated' },
      scheme: { name: 'exhaustive' },
      users: { count: 4 },
    });
  });

  it.each(BUILT_IN_SCHEMES.map(({ name }) => name))(
    'writes a scenario with %s that can be planned',
    async (name) => {
      const written = await callCommandLine('init', file, '--scheme', name, '--json');
      expect(written).toMatchObject({ status: 0, stderr: '' });
      const { scenario, next } = JSON.parse(written.stdout);
      expect(scenario).toBe(file);
      expect(next).toEqual([`beamloop run ${file} --dry-run`, `beamloop run ${file}`]);
      expect(read().scheme.name).toBe(name);
      const plan = await callCommandLine('run', file, '--dry-run', '--json');
      expect(plan).toMatchObject({ status: 0 });
      expect(plan.stderr).toBe('');
    },
  );

  it('writes one whose users are found', async () => {
    await callCommandLine('init', file, '--elements', '64', '--scheme', 'far-field-sweep');
    const run = await callCommandLine('run', file, '--json', '--no-report', '--out', path.join(place, 'run'));
    expect(run.status).toBe(0);
    expect(JSON.parse(run.stdout).users).toHaveLength(3);
  });

  it('names users of a real board by the ids with which their UEs connect', async () => {
    await callCommandLine('init', file, '--port', 'tcp:10.0.0.7:4001', '--users', '2', '--yes');
    const { board, users } = read();
    expect(board.port).toBe('tcp:10.0.0.7:4001');
    expect(users).toEqual([{ id: 'ue1' }, { id: 'ue2' }]);
  });

  it('asks on a terminal, with defaults, and again after a wrong answer', async () => {
    const { status, stderr } = await typed('tdps\n1 element\n128\n\n4 GHz\n\n2\n');
    expect(status).toBe(0);
    expect(stderr).toContain('Scheme [dpc]: ');
    expect(stderr).toContain('Array, elements in a line [256]: ');
    expect(stderr.match(/Array, elements/g)).toHaveLength(2);
    expect(read()).toMatchObject({
      array: { elements: 128, carrier: 30e9, bandwidth: 4e9 },
      scheme: { name: 'tdps' },
      users: { count: 2 },
    });
  });

  it('asks for rows and columns where the scheme needs them, and not for what options say', async () => {
    const { stderr } = await typed('4x6\n\n', [
      '--scheme',
      'planar-sweep',
      '--users',
      '1',
      '--carrier',
      '30 GHz',
    ]);
    expect(stderr).not.toMatch(/Scheme|Users|Carrier/);
    expect(read().array).toMatchObject({ elements: 24, planar: { rows: 4, columns: 6 } });
  });

  it('ends with nothing written on Ctrl-C, and where the answers end', async () => {
    expect(await typed('dpc\n', [], new AbortController())).toMatchObject({ status: 130, stdout: '' });
    expect(existsSync(file)).toBe(false);
    const ended = await typed('dpc\n');
    expect(ended).toMatchObject({ status: 130, stdout: '' });
    expect(ended.stderr).toContain('nothing was written');
    expect(existsSync(file)).toBe(false);
  });

  it('overwrites nothing', async () => {
    writeFileSync(file, 'mine');
    const refused = await callCommandLine('init', file, '--yes');
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/stays as it is .*\[FILE_UNWRITABLE\]/);
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it.each([
    [['--scheme', 'dcp'], /Did you mean 'dpc'/],
    [['--elements', '8x8'], /Scheme dpc is for linear arrays.*--elements/],
    [['--scheme', 'planar-sweep', '--elements', '64'], /such as 8x8/],
    [['--bandwidth', '1 GHz'], /has no bandwidth/],
    [['--carrier', '28'], /has no unit/],
    [['--users', '0'], /--users/],
    [['--elements', '100'], /Nothing was written, as the answers do not go together: .*100/],
    [['--port', 'emulatd'], /Did you mean 'emulated'/],
  ])('refuses %j, which cannot be run', async (options, why) => {
    const refused = await callCommandLine('init', file, ...options);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(why);
    expect(existsSync(file)).toBe(false);
  });
});
