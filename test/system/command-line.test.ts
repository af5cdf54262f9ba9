/** The command line as a user meets it: help, unknown commands and options, exit codes. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { callCommandLine } from '../fixtures/call-command-line.js';
import { PATIENCE_S } from '../fixtures/patience.js';
import { spawnCommand } from '../fixtures/spawn-command.js';

/** Without a process of its own, which most of these need not have. */
const beamloop = callCommandLine;

const overview = await beamloop('--help');
const commands = [...overview.stdout.matchAll(/^ {2}beamloop ([a-z-]+)/gm)].map((match) => match[1]!);

test('--help lists the commands that the README names', () => {
  expect(overview.status).toBe(0);
  for (const name of [
    'run',
    'resume',
    'replay',
    'report',
    'codebook',
    'pattern',
    'study',
    'ports',
    'board',
  ]) {
    expect(commands).toContain(name);
  }
});

describe.each(commands)('beamloop %s', (name) => {
  test('--help has a description, --json and an example', async () => {
    const help = await beamloop(name, '--help');
    expect(help.status).toBe(0);
    expect(help.stdout).toContain('--json');
    expect(help.stdout).toMatch(new RegExp(`Examples:\\s+beamloop ${name} ?`));
  });

  test('an unknown option is refused by name, with exit code 2 and nothing on standard output', async () => {
    const wrong = await beamloop(name, '--no-such-option=1');
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toMatch(/^beamloop: .+ {2}\[BAD_ARGUMENT\]\n$/);
    expect(wrong.stdout).toBe('');
  });
});

test('an unknown command names the nearest one', async () => {
  const wrong = await beamloop('codebooc');
  expect(wrong.status).toBe(2);
  expect(wrong.stderr).toContain("There is no command 'codebooc'. Did you mean codebook?");
});

test.each([
  [
    ['codebook', 'tdp'],
    "There is no command 'codebook tdp'. Did you mean codebook tdps? See beamloop codebook --help",
  ],
  [
    ['codebook', 'nothing-like-it'],
    "There is no command 'codebook nothing-like-it'. See beamloop codebook --help",
  ],
  [['--json=false', 'codebok'], "There is no command 'codebok'. Did you mean codebook? See beamloop --help"],
  [['codebook', 'tdps', '--pilots'], '--pilots was given without a value. See beamloop codebook tdps --help'],
  [['run', 'x.yaml', '--out', '--dry-run'], '--out was given without a value. See beamloop run --help'],
  [
    ['replay', 'x', '--estimator', 'best'],
    `--estimator cannot be "best"; it may be "on-grid", "auxiliary-pair", "matched-filter". See beamloop replay --help`,
  ],
  [['pattern', 'tdps', '--nope'], 'See beamloop pattern tdps --help'],
])('%j is told what is wrong with it and where help is', async (args, said) => {
  const wrong = await beamloop(...args);
  expect(wrong.status).toBe(2);
  expect(wrong.stderr).toContain(said);
  expect(wrong.stderr.split('\n')).toHaveLength(2);
});

test('an option without its value is a document too', async () => {
  for (const json of ['--json', '--json=true']) {
    const wrong = await beamloop(json, 'run', 'x.yaml', '--out');
    expect(wrong.status).toBe(2);
    expect(JSON.parse(wrong.stdout).error.what).toBe('--out was given without a value');
  }
});

test.each([
  ['LC_ALL', ['ports', '--help'], 0, /Examples:\s+beamloop ports ?/],
  ['LANG', ['run'], 2, /beamloop run needs 1 argument and was given 0\. See beamloop run --help/],
])(
  'the program speaks English whatever the language of the machine is (%s)',
  (variable, args, code, english) => {
    const env = { ...process.env, LC_ALL: '', LANGUAGE: '', [variable]: 'de_DE.UTF-8' };
    const { status, stdout, stderr } = spawnCommand(args, env);
    expect(status).toBe(code);
    expect(`${stdout}${stderr}`).toMatch(english);
  },
);

test('a missing argument is said in our words', async () => {
  const wrong = await beamloop('run');
  expect(wrong.status).toBe(2);
  expect(wrong.stderr).toContain('beamloop run needs 1 argument and was given 0. See beamloop run --help');
});

test('a scenario that is to be studied is told which command it is for, and a study likewise', async () => {
  const scenario = 'scenarios/first-light.yaml';
  const studied = await beamloop('study', scenario);
  expect(studied.status).toBe(2);
  expect(studied.stderr).toContain(`This is a scenario; a study is wanted here (${scenario}).`);
  expect(studied.stderr).toContain(`beamloop run ${scenario}`);
  const study = 'scenarios/papers/beam-split-fig8.yaml';
  const run = await beamloop('run', study);
  expect(run.status).toBe(2);
  expect(run.stderr).toContain(`beamloop study ${study}`);
});

test('an option that is almost right is named', async () => {
  const wrong = await beamloop('run', 'scenarios/first-light.yaml', '--dryrun');
  expect(wrong.status).toBe(2);
  expect(wrong.stderr).toContain('There is no option --dryrun. Did you mean --dry-run?');
});

test.runIf(process.platform === 'linux')('a full disk behind standard output is an error of ours', () => {
  const output = openSync('/dev/full', 'w');
  try {
    const codebook = ['codebook', 'dft', '--elements', '8', '--carrier', '30 GHz', '--level', '2'];
    const full = spawnSync(process.execPath, ['dist/src/cli/main.js', ...codebook], {
      encoding: 'utf8',
      stdio: ['ignore', output, 'pipe'],
      timeout: 1e3 * PATIENCE_S,
    });
    expect(full.status).toBe(2);
    expect(full.stderr).toMatch(/^beamloop: Standard output cannot be written: .+ {2}\[FILE_UNWRITABLE\]\n$/);
  } finally {
    closeSync(output);
  }
});

test('no command at all is an error that says where help is', async () => {
  const wrong = await beamloop();
  expect(wrong.status).toBe(2);
  expect(wrong.stderr).toContain('beamloop --help');
});

test('Ctrl-C ends what prints for long', async () => {
  const long = [
    '--elements',
    '1024',
    '--carrier',
    '30 GHz',
    '--bandwidth',
    '5 GHz',
    '--subcarriers',
    '20000',
  ];
  const args = ['codebook', 'tdps', ...long, '--ring-range', '1/400,1/10', '--pilots', '300', '--json'];
  const printing = spawn(process.execPath, ['dist/src/cli/main.js', ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  printing.stdout.once('data', () => printing.kill('SIGINT'));
  printing.stdout.resume();
  const [code] = await once(printing, 'exit');
  expect(code).toBe(130);
});

test('with --json an error is a document with code, what and todo', async () => {
  const wrong = await beamloop(
    'codebook',
    'dpc',
    '--elements',
    '250',
    '--carrier',
    '100 GHz',
    '--level',
    '3',
    '--json',
  );
  expect(wrong.status).toBe(2);
  const { error } = JSON.parse(wrong.stdout) as { error: Record<string, string> };
  expect(error.code).toBe('BAD_ARGUMENT');
  expect(error.what).toContain('250');
  expect(error.todo).toContain('256');
});
