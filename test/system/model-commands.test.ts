import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callCommandLine } from '../fixtures/call-command-line.js';
import { spawnCommand } from '../fixtures/spawn-command.js';

const main = 'dist/src/cli/main.js';
const place = mkdtempSync(path.join(tmpdir(), 'beamloop-models-'));
const folder = (name: string) => path.join(place, name);
const tiny = 'test/fixtures/models/tiny.yaml';

const hashOf = (name: string) =>
  (JSON.parse(readFileSync(path.join(folder(name), 'model.json'), 'utf8')) as { contentHash: string })
    .contentHash;

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.on('exit', resolve));
}

afterAll(() => rmSync(place, { recursive: true, force: true }));

describe('beamloop train', () => {
  beforeAll(() => {
    const { status, stderr } = spawnCommand(['train', tiny, '--out', folder('two'), '--threads', '2']);
    expect(status, stderr).toBe(0);
  });

  it('writes a model and its card, and tells what computes and how it goes', async () => {
    const { status, stdout, stderr } = await callCommandLine(
      'train',
      tiny,
      '--out',
      folder('one'),
      '--threads',
      '1',
    );
    expect(status).toBe(0);
    expect(readdirSync(folder('one')).sort()).toEqual(['card.html', 'figures', 'model.json', 'weights.bin']);
    expect(stderr).toMatch(/^TensorFlow\.js [\d.]+ computes with /m);
    expect(stderr.match(/^epoch \d of 3: loss [\d.]+, validation gain [\d.]+/gm)).toHaveLength(3);
    expect(stdout).toContain(`Model: ${folder('one')}`);
    const card = readFileSync(path.join(folder('one'), 'card.html'), 'utf8');
    expect(card).toContain(`beamloop train ${tiny} --out`);
    expect(card).toContain(hashOf('one'));
  });

  it('gives the same weights however many threads draw the data', () => {
    expect(hashOf('one')).toBe(hashOf('two'));
  });

  it('ends with 130 when it is interrupted, and goes on to the same weights', async () => {
    const long = folder('long.yaml');
    const text = readFileSync(tiny, 'utf8')
      .replace('epochs: 3', 'epochs: 40')
      .replace('patience: 2', 'patience: 40');
    writeFileSync(long, text);
    expect((await callCommandLine('train', long, '--threads', '1', '--out', folder('whole'))).status).toBe(0);
    const child = spawn(process.execPath, [main, 'train', long, '--out', folder('stopped')]);
    let said = '';
    let isStopped = false;
    child.stderr.on('data', (data) => {
      said += data;
      // Once: a second Ctrl-C would not wait for the checkpoint.
      if (!isStopped && said.includes('epoch 2 of')) isStopped = child.kill('SIGINT');
    });
    expect(await ended(child)).toBe(130);
    expect(said).toMatch(/Go on with --resume/);
    expect(
      (await callCommandLine('train', long, '--threads', '1', '--out', folder('stopped'), '--resume')).status,
    ).toBe(0);
    expect(hashOf('stopped')).toBe(hashOf('whole'));
  });

  it('refuses what it cannot train, with one line', async () => {
    for (const [args, message] of [
      [['nowhere.yaml', '--out', folder('x')], /does not exist/],
      [
        ['scenarios/first-light.yaml', '--out', folder('x')],
        /This is a scenario; a model file is wanted here/,
      ],
      [[tiny, '--out', folder('empty'), '--resume'], /no training to go on with/],
      [[tiny, '--out', folder('one')], /holds a trained model already/],
    ] as const) {
      const { status, stderr } = await callCommandLine('train', ...args);
      expect(status).toBe(2);
      expect(stderr).toMatch(message);
      expect(stderr).not.toMatch(/ {4}at /);
    }
  });
});

describe('beamloop evaluate', () => {
  it('scores a model beside what learns nothing, the same with any number of threads', async () => {
    const args = ['evaluate', folder('one'), '--windows', '30', '--json'];
    const one = await callCommandLine(...args, '--threads', '1');
    expect(one.status).toBe(0);
    expect(spawnCommand([...args, '--threads', '2']).stdout).toBe(one.stdout);
    const { scores } = JSON.parse(one.stdout) as { scores: { name: string; gain: { mean: number } }[] };
    expect(scores.map(({ name }) => name)).toEqual([
      'stgcn',
      'hold',
      'hold-slots',
      'ekf-position',
      'ekf-velocity',
    ]);
  });

  it('says what is wrong with a folder that is no model', async () => {
    const { status, stderr } = await callCommandLine('evaluate', 'scenarios');
    expect(status).toBe(2);
    expect(stderr).toMatch(/has no model\.json/);
  });

  it('finds the shipped model, which is well ahead of the filters and of holding', async () => {
    const { status, stdout } = await callCommandLine(
      ...['evaluate', 'models/stgcn', '--windows', '40', '--threads', '1', '--json'],
    );
    expect(status).toBe(0);
    const { scores } = JSON.parse(stdout) as {
      scores: { name: string; advantage: { mean: number } | null }[];
    };
    const over = (name: string) => scores.find((each) => each.name === name)!.advantage!.mean;
    expect(over('hold')).toBeGreaterThan(0.1);
    expect(over('ekf-velocity')).toBeGreaterThan(0.04);
  });
});

describe('beamloop run with a model', () => {
  it('refuses one for another array when it is planned, with both values', async () => {
    const { status, stdout, stderr } = await callCommandLine(
      'run',
      'scenarios/tracking.yaml',
      '--dry-run',
      '--set',
      'array.elements=256',
    );
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/512.*256|256.*512/);
    expect(stderr).toContain('MODEL_MISMATCH');
  });
});
