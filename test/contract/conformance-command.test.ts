/** `beamloop conformance` through the real serialport, on a pseudo-terminal. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { conformanceCommand } from '../../src/cli/commands/conformance.js';
import { junitXml } from '../../src/cli/junit.js';
import { failureOf, runCommand } from '../fixtures/run-command.js';
import { connect, type EmulatedRig, ptyRig, until } from './board-rigs.js';
import { BoardWatcher } from './board-watcher.js';
import { mutatedBoard } from './mutants.js';
import { MUTATIONS } from './mutations.js';

const MODEL = { numElements: 16, memoryDepth: 12, queueDepth: 24 };

const run = (...args: string[]) => runCommand(conformanceCommand, 'conformance', ...args);
const failure = (...args: string[]) => failureOf(conformanceCommand, 'conformance', ...args);
/** A machine that stands still for a while is no fault of the board. */
const SLACK = ['--slack', '300 ms'];

let rig: EmulatedRig | null = null;
const folders: string[] = [];
afterEach(async () => {
  await rig?.close();
  rig = null;
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function breaking(rule: string) {
  return mutatedBoard([MUTATIONS.find((each) => each.rule === rule)!]);
}

/** Throws where a document is no well-formed XML; returns the names of its elements. */
function elementsOf(xml: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  const body = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '');
  const rest = body.replace(
    /<(\/?)([a-z]+)((?:\s+[a-z]+="[^"<&]*(?:&(?:amp|lt|gt|quot|#\d+);[^"<&]*)*")*)\s*(\/?)>/g,
    (_all, close: string, name: string, _attributes, empty: string) => {
      if (close === '/') expect(open.pop()).toBe(name);
      else {
        names.push(name);
        if (empty === '') open.push(name);
      }
      return '';
    },
  );
  expect(open).toEqual([]);
  expect(rest.replace(/&(amp|lt|gt|quot|#\d+);/g, '')).not.toMatch(/[<&\p{Cc}](?<!\n)/u);
  return names;
}

describe('beamloop conformance', () => {
  it('passes a board in a process of its own, which it can also trigger', async () => {
    const { stdout, stderr } = await run(
      'emulated',
      '--only',
      '7.6',
      '--only',
      '6.1',
      '--only',
      '10.1',
      '--elements',
      '16',
      ...SLACK,
    );
    expect(stderr).toMatch(/^pass describes itself \(\d+\.\d s\)$/m);
    expect(stdout).toMatch(/^6\.1 +Opening a session +pass$/m);
    expect(stdout).toMatch(/^10\.1 .* pass$/m);
    expect(stdout).toMatch(/^7\.6 +Trigger +pass$/m);
    expect(stdout).toMatch(/\d+ checks: \d+ passed, 0 failed.* The board is stopped and muted\.\n$/);
  });

  it('says of a board that breaks a rule, to people and machines, which clause, what the clause wants and what went over the line', async () => {
    rig = await ptyRig({ model: MODEL }, breaking('version not checked'));
    const folder = mkdtempSync(path.join(tmpdir(), 'beamloop-junit-'));
    folders.push(folder);
    const junit = path.join(folder, 'results.xml');
    const args = [
      rig.transport.name,
      '--radiate',
      '--only',
      '10.1',
      '--only',
      'describes',
      '--hex',
      ...SLACK,
    ];
    const printed = { stdout: '' };
    const command: typeof conformanceCommand = (yargs, context) => {
      context.stdout.on('data', (text) => {
        printed.stdout += text;
      });
      return conformanceCommand(yargs, context);
    };
    const said = await failureOf(command, 'conformance', ...args, '--junit', junit);
    expect(said).toMatch(/^BOARD_NONCONFORMING: The board breaks 1 clause of its protocol: (5\.9|10\.1) /);
    expect(printed.stdout).toMatch(/^✗ answers another major version with session 0, and changes nothing$/m);
    expect(printed.stdout).toMatch(/^ {2}\| .*/m);
    expect(printed.stdout).toMatch(/^ +-\d+\.\d > Hello: \d+ bytes|^ +-\d+\.\d > Hello: magic/m);
    expect(printed.stdout).toMatch(/^ +-\d+\.\d < \w+/m);
    expect(printed.stdout).toMatch(/^ {13}00 (?:[0-9a-f]{2} )+00$/m);
    const xml = readFileSync(junit, 'utf8');
    expect(elementsOf(xml)).toEqual(
      expect.arrayContaining(['testsuites', 'testsuite', 'testcase', 'failure']),
    );
    expect(xml).toContain('tests="2" failures="1"');

    try {
      const { stdout } = await run(rig.transport.name, '--radiate', '--only', '10.1', '--json', ...SLACK);
      expect(process.exitCode).toBe(7);
      const document = JSON.parse(stdout);
      expect(document).toMatchObject({ conforms: false, counts: { failed: 1, notRun: 0 }, muted: true });
      const [check] = document.checks;
      expect(check).toMatchObject({ outcome: 'fails', clause: expect.stringMatching(/^(5\.9|10\.1)$/) });
      expect(check.trace).toContainEqual(expect.objectContaining({ from: 'host', type: 1 }));
    } finally {
      process.exitCode = undefined;
    }
  });

  it('touches no real board that may not radiate, and refuses what makes no sense', async () => {
    expect(await failure('/dev/tty-none')).toMatch(/^BAD_ARGUMENT: .*radiates.*--radiate/);
    expect(await failure('/dev/tty-none', '--radiate')).toMatch(/^PORT_NOT_FOUND/);
    expect(await failure('/dev/tty-none', '--radiate', '--elements', '4')).toMatch(
      /^BAD_ARGUMENT: --elements/,
    );
    expect(await failure('emulated', '--power-cycle', 'true')).toMatch(/^BAD_ARGUMENT: --power-cycle/);
    expect(await failure('emulated', '--only', 'no such words')).toMatch(/^BAD_ARGUMENT: No check/);
    expect(await failure('emulated', '--only', '9.9')).toMatch(/^BAD_ARGUMENT: No check/);
    expect(await failure('--quick', 'emulated', '--only', 'across the wrap')).toMatch(
      /^BAD_ARGUMENT: --quick/,
    );
    expect(await failure()).toMatch(/^BAD_ARGUMENT: No port/);
  });

  it('lists its checks', async () => {
    expect((await run('--list', '--quick')).stdout).not.toContain('(long)');
    const { checks } = JSON.parse((await run('--list', '--json', '--only', '8')).stdout);
    expect(checks.length).toBeGreaterThan(3);
    for (const { clauses } of checks)
      expect(clauses.some((clause: string) => clause.startsWith('8.'))).toBe(true);
  });

  it('ends where the port is unplugged in the middle', async () => {
    rig = await ptyRig({ model: MODEL });
    const { emulated } = rig;
    const ended = failure(rig.transport.name, '--radiate', ...SLACK);
    await setTimeout(700);
    emulated.unplug(60);
    expect(await ended).toMatch(/^PORT_(FAILED|NOT_FOUND)/);
  });

  it('leaves the board muted at Ctrl-C', async () => {
    rig = await ptyRig({ model: MODEL });
    const args = ['dist/src/cli/main.js', 'conformance', rig.transport.name, '--radiate', ...SLACK];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    let interrupted = false;
    child.stderr.on('data', (text) => {
      said += text;
      if (!interrupted && /^pass/m.test(said)) interrupted = child.kill('SIGINT');
    });
    const [code] = await once(child, 'close');
    expect(said).toContain('[INTERRUPTED]');
    expect(code).toBe(130);
    const board = await connect(rig);
    const watcher = new BoardWatcher(board);
    board.requestTelemetry();
    await until(() => watcher.telemetry.length > 0);
    expect(watcher.telemetry[0]).toMatchObject({ muted: true, queueDepth: 0, armed: false });
    await board.close();
  });
});

it('results with any text are well-formed XML', () => {
  const message = 'a < b & "c" > \u0000\u001b[31m\ud800 ü\tx';
  const xml = junitXml({
    name: message,
    properties: { port: message },
    cases: [
      { name: message, group: message, timeS: 0.1, outcome: 'passed' },
      { name: message, group: message, timeS: 0.1, outcome: 'skipped', message },
      {
        name: message,
        group: message,
        timeS: 1 / 3,
        outcome: 'failed',
        message,
        detail: `${message}\n${message}`,
      },
    ],
  });
  expect(elementsOf(xml).filter((name) => name === 'testcase')).toHaveLength(3);
  expect(xml).toContain('&lt; b &amp; &quot;c&quot;');
});
