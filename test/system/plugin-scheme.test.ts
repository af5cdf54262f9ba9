/** A scheme of a user's, from examples/my-scheme: in a campaign, a study, a replay and a report, by the built program. */
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Recording } from '../../src/record/recording.js';
import { spawnCommand } from '../fixtures/spawn-command.js';

const folder = mkdtempSync(path.join(tmpdir(), 'plugin-scheme-'));
const inFolder = (name: string) => path.join(folder, name);
const run = inFolder('run');
const plugin = inFolder('two-stage-sweep.js');
const source = () => readFileSync('examples/my-scheme/two-stage-sweep.js', 'utf8');

beforeAll(() => {
  // A folder without a package: the plugin is a file like any other.
  cpSync('examples/my-scheme', folder, { recursive: true });
  const { status, stderr } = spawnCommand(['run', inFolder('scenario.yaml'), '--out', run]);
  expect(stderr).toContain('user 3 of 3, cleo: found');
  expect(status).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function rowsOf(where: string) {
  const recording = await Recording.open(where, 'read');
  try {
    return {
      estimates: await recording.rows('estimates'),
      events: await recording.rows('events'),
      codewords: await recording.rows('codewords'),
      plugin: await recording.runValue('plugin'),
      scenario: await recording.runValue('scenario'),
    };
  } finally {
    await recording.close();
  }
}

describe('a campaign with a plugin', () => {
  it('finds every user and records the scheme under its own name, with its file', async () => {
    const { estimates, codewords, ...facts } = await rowsOf(run);
    expect(estimates.map(({ scheme }) => scheme)).toEqual(Array(3).fill('two-stage-sweep'));
    expect(facts.scenario).toMatchObject({ scheme: { name: 'two-stage-sweep', reach: 3 } });
    expect(facts.plugin).toEqual({ file: plugin, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(codewords.filter(({ key }) => key.startsWith('two-stage-sweep/far beam'))).toHaveLength(32);
  });

  it('is replayed to the same decisions', () => {
    const { stdout, stderr, status } = spawnCommand(['replay', run, '--json']);
    expect(status).toBe(0);
    expect(stderr).toBe('');
    const { scheme, users } = JSON.parse(stdout);
    expect(scheme).toEqual({ name: 'two-stage-sweep', reach: 3 });
    expect(users.map(({ same }: { same: boolean }) => same)).toEqual([true, true, true]);
  });

  it('is reported under its title', () => {
    const page = readFileSync(path.join(run, 'report.html'), 'utf8');
    expect(page).toContain('Two-stage sweep (reach: 3)');
  });

  it('has options that are known by their names, also where its file stands for it', () => {
    const file = inFolder('misspelt.yaml');
    const scenario = readFileSync(inFolder('scenario.yaml'), 'utf8');
    writeFileSync(file, scenario.replace(/reach: \d/, 'reahc: 2'));
    const { stderr, status } = spawnCommand(['run', file, '--dry-run']);
    expect(status).toBe(2);
    expect(stderr).toContain("Unknown key 'reahc'");
    expect(stderr).toContain("Did you mean 'reach'? Keys here: name, reach");
  });

  it('is planned without touching a port', () => {
    const { stdout, status } = spawnCommand([
      'run',
      inFolder('scenario.yaml'),
      '--dry-run',
      '--set',
      'scheme=./two-stage-sweep.js',
    ]);
    expect(status).toBe(0);
    expect(stdout).toContain('scheme two-stage-sweep');
  });
});

describe('a recording whose plugin', () => {
  it('is gone says what to do, and is still reported', () => {
    renameSync(plugin, inFolder('moved.js'));
    try {
      const { stderr, status } = spawnCommand(['replay', run]);
      expect(status).toBe(2);
      expect(stderr).toContain(
        'The run was made with scheme two-stage-sweep of a plugin that cannot be used now: There is no such plugin',
      );
      expect(stderr).toContain('Put it back, or name it where it is now: --plugin <file>  [PLUGIN_INVALID]');
      const moved = spawnCommand(['replay', run, '--plugin', inFolder('moved.js'), '--json']);
      expect(JSON.parse(moved.stdout).users).toHaveLength(3);
      expect(moved.stderr).toBe('');
      const report = spawnCommand(['report', run]);
      expect(report.status).toBe(0);
      expect(report.stderr).toContain(
        'warning: The run was made with scheme two-stage-sweep of a plugin that cannot',
      );
    } finally {
      renameSync(inFolder('moved.js'), plugin);
    }
  });

  it('prints and draws numbers of its own: its words stay out of the document, and what differs is told of', () => {
    writeFileSync(
      plugin,
      source()
        .replace('export default', "console.log('a word of the plugin');\nexport default")
        .replace(
          'polarEstimate(candidates[strongest(second.mean)])',
          'polarEstimate(candidates[Math.floor(Math.random() * 3)])',
        ),
    );
    const { stdout, stderr, status } = spawnCommand(['replay', run, '--json']);
    writeFileSync(plugin, source());
    expect(status).toBe(0);
    expect(JSON.parse(stdout).users).toHaveLength(3);
    expect(stderr).toContain('a word of the plugin');
    expect(stderr).toMatch(
      /users of the run's own scheme two-stage-sweep were found otherwise than in the run/,
    );
  });

  it('was changed is replayed with a warning', () => {
    writeFileSync(plugin, `${source()}// changed\n`);
    try {
      const { stderr, status } = spawnCommand(['replay', run]);
      expect(status).toBe(0);
      expect(stderr).toContain(
        'is not as it was when the run was made; scheme two-stage-sweep may decide otherwise',
      );
    } finally {
      writeFileSync(plugin, source());
    }
  });
});

describe('a plugin that fails', () => {
  it('ends the run with its file and line; mended, the run goes on and records that it was changed', async () => {
    const where = inFolder('broken');
    const broken = source().replace(
      'const middle =',
      "if (++globalThis.numSearches > 34) throw new Error('lost my way');\n      const middle =",
    );
    expect(broken).not.toBe(source());
    // Planning searches 32 times before the first user.
    const text = `globalThis.numSearches = 0;\n${broken}`;
    writeFileSync(plugin, text);
    const lineOfThrow = text.split('\n').findIndex((line) => line.includes('lost my way')) + 1;
    try {
      const { stderr, status } = spawnCommand([
        'run',
        inFolder('scenario.yaml'),
        '--out',
        where,
        '--no-report',
      ]);
      expect(stderr).toContain(`fails in its search: lost my way (${plugin}:${lineOfThrow})`);
      expect(stderr).toContain('[PLUGIN_INVALID]');
      expect(stderr).not.toContain('    at ');
      expect(status).toBe(2);
    } finally {
      writeFileSync(plugin, source());
    }
    const resumed = spawnCommand(['resume', where, '--no-report']);
    expect(resumed.stderr).toContain('is not as it was when the run was made');
    expect(resumed.status).toBe(0);
    const { events, estimates } = await rowsOf(where);
    expect(estimates).toHaveLength(3);
    const changed = events.find(({ kind }) => kind === 'plugin changed');
    expect(changed?.detail).toMatchObject({ file: plugin });
  });

  it('does so in the threads of a study, too', () => {
    const broken = inFolder('broken.js');
    writeFileSync(
      broken,
      source()
        .replace("'two-stage-sweep'", "'broken-sweep'")
        .replace('return polarEstimate', 'polarEstimate'),
    );
    const { stderr, status } = spawnCommand([
      ...['study', inFolder('study.yaml'), '--threads', '2', '--json', '--plugin', broken],
    ]);
    // Loaded and not used: nothing fails.
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    const study = readFileSync(inFolder('study.yaml'), 'utf8').replace(
      './two-stage-sweep.js',
      'broken-sweep',
    );
    writeFileSync(inFolder('broken.yaml'), study);
    const failed = spawnCommand([
      'study',
      inFolder('broken.yaml'),
      '--threads',
      '2',
      '--json',
      '--plugin',
      broken,
    ]);
    expect(failed.status).toBe(2);
    expect(JSON.parse(failed.stdout).error).toMatchObject({
      code: 'PLUGIN_INVALID',
      what: 'Scheme broken-sweep returns no estimate',
      where: broken,
    });
  });

  it('is told of with the line where it cannot be read', () => {
    const broken = inFolder('syntax.js');
    writeFileSync(broken, 'export default {\n  name: ,\n};\n');
    const { stderr, status } = spawnCommand([
      'run',
      inFolder('scenario.yaml'),
      '--dry-run',
      '--plugin',
      broken,
    ]);
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^beamloop: The plugin does not load: Unexpected token ',' \(.*syntax\.js:2\)\. .*\[PLUGIN_INVALID\]\n$/,
    );
  });
});

describe('a study with a plugin', () => {
  const rowsWith = (...args: string[]) =>
    JSON.parse(spawnCommand(['study', inFolder('study.yaml'), '--json', ...args]).stdout).rows;

  it('compares it with schemes of ours, whatever the threads', () => {
    const rows = rowsWith('--threads', '3');
    expect(rows).toEqual(rowsWith('--threads', '1'));
    const accuracyOf = (scheme: string, snrDb: number) =>
      rows.find((row: { scheme: string; snrDb: number }) => row.scheme === scheme && row.snrDb === snrDb)
        .accuracy;
    expect(accuracyOf('two-stage-sweep', 20)).toBeGreaterThan(0.9);
    expect(accuracyOf('two-stage-sweep', 0)).toBeLessThan(accuracyOf('two-stage-sweep', 20));
    expect(accuracyOf('exhaustive', 0)).toBeGreaterThanOrEqual(accuracyOf('two-stage-sweep', 0));
  });

  it('takes a scheme of --plugin by its name; names that nobody has get the nearest of all', () => {
    const byName = readFileSync(inFolder('study.yaml'), 'utf8').replace(
      './two-stage-sweep.js',
      'two-stage-sweep',
    );
    writeFileSync(inFolder('by-name.yaml'), byName);
    const args = ['study', inFolder('by-name.yaml'), '--json', '--users', '20'];
    const { stdout } = spawnCommand([...args, '--plugin', plugin]);
    expect(JSON.parse(stdout).rows[0].scheme).toBe('two-stage-sweep');
    writeFileSync(inFolder('by-name.yaml'), byName.replace('two-stage-sweep', 'two-stage-sweeep'));
    expect(spawnCommand([...args, '--plugin', plugin]).stdout).toContain("Did you mean 'two-stage-sweep'?");
    expect(spawnCommand(['replay', run, '--scheme', 'nothing', '--plugin', plugin]).stderr).toContain(
      '--scheme cannot be \\"nothing\\"; it may be'.replaceAll('\\', ''),
    );
  });
});

it('says so where a command waits for what cannot come, and nothing is left to do', () => {
  // No timer of its promises ever rings, so that the limit for a plugin that awaits something for ever is lost.
  const timers =
    "import timers from 'node:timers/promises'; import { syncBuiltinESMExports } from 'node:module'; timers.setTimeout = () => new Promise(() => {}); syncBuiltinESMExports();";
  writeFileSync(inFolder('timers.mjs'), timers);
  writeFileSync(inFolder('never.js'), 'await new Promise(() => {});');
  const env = { ...process.env, NODE_OPTIONS: `--import ${inFolder('timers.mjs')}` };
  const args = [
    'run',
    inFolder('scenario.yaml'),
    '--plugin',
    inFolder('never.js'),
    '--out',
    inFolder('none'),
  ];
  const told = spawnCommand(args, env);
  expect(told.stderr).toMatch(
    /^beamloop: The command waits for something, and nothing is left .*\[INTERNAL\]\n$/,
  );
  expect(told.status).toBe(1);
  const machine = spawnCommand([...args, '--json'], env);
  expect(JSON.parse(machine.stdout).error).toMatchObject({ code: 'INTERNAL' });
});
