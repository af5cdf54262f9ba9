/** Commands with boards that speak their own language: they work, or say why not. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { boardsCommand } from '../../src/cli/commands/boards.js';
import { conformanceCommand } from '../../src/cli/commands/conformance.js';
import { runCommand as run } from '../../src/cli/commands/run.js';
import { steerCommand } from '../../src/cli/commands/steer.js';
import { failureOf, runCommand } from '../fixtures/run-command.js';

const folder = mkdtempSync(path.join(tmpdir(), 'beamloop-own-commands-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TEXT = readFileSync('scenarios/boards/text-board.yaml', 'utf8');
const SILENT = TEXT.replace(/answers:[\s\S]*?when: range \}\n/, '')
  .replace(', means: applied', '')
  .replace(/hello:.*\n/, '');

/** A scenario file with its board's template beside it. */
function scenario(name: string, template: string, board = 'port: emulated'): string {
  writeFileSync(path.join(folder, `${name}-board.yaml`), template);
  const file = path.join(folder, `${name}.yaml`);
  const text = readFileSync('scenarios/own-board.yaml', 'utf8')
    .replace('file: boards/text-board.yaml', `file: ${name}-board.yaml`)
    .replace(/port: emulated.*/, board);
  writeFileSync(file, text);
  return file;
}

describe('a board that speaks its own language', () => {
  const text = scenario('text', TEXT);
  const silent = scenario('silent', SILENT);

  it('says what it is, and what its receipts can say', async () => {
    const { stdout } = await runCommand(boardsCommand, 'boards', 'info', text);
    expect(stdout).toMatch(/board +text panel 8, serial number EMU-0001, firmware emulator 1\.0/);
    expect(stdout).toMatch(/receipts say at most 'latched'/);
    const { stdout: json } = await runCommand(boardsCommand, 'boards', 'info', silent, '--json');
    const told = JSON.parse(json);
    expect(told.identity).toEqual({ model: 'text panel 8', serialNumber: 'unknown', firmware: 'unknown' });
    expect(told.description.hostTimed).toMatchObject({ evidence: 'sent', baud: 115_200 });
    const { stdout: iio } = await runCommand(boardsCommand, 'boards', 'info', 'iio-board.yaml');
    expect(iio).toMatch(/emulated ADAR1000 array.*iiod 0\.24/);
  });

  it('is muted, and that it is said only where the board said so', async () => {
    expect((await runCommand(boardsCommand, 'boards', 'mute', text)).stdout).toMatch(/says that it is muted/);
    expect((await runCommand(boardsCommand, 'boards', 'mute', silent)).stdout).toMatch(
      /does not say whether it obeyed/,
    );
  });

  it('is steered, and what is known of the beam is printed', async () => {
    const steered = async (file: string) =>
      (await runCommand(steerCommand, 'steer', file, '--to', 'inf, 10 deg')).stdout;
    expect(await steered(text)).toMatch(/^latched +codeword/m);
    const sent = await steered(silent);
    expect(sent).toMatch(/^sent +codeword/m);
    expect(sent).toMatch(/whether the board applied them nobody knows/);
    expect(sent).not.toMatch(/latched/);
  });

  it('is planned before its port is touched, with slots that this machine can keep', async () => {
    const { stdout } = await runCommand(run, 'run', text, '--dry-run');
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /kept by this machine.*slots from 23 ms on, here 40 ms.*'latched'/,
    );
    const out = path.join(folder, 'never');
    const nowhere = scenario('nowhere', TEXT, 'port: /dev/no-such-port');
    expect(await failureOf(run, 'run', nowhere, '--out', out, '--set', 'slots.duration=10 ms')).toMatch(
      /^PLAN_REFUSED: A slot of 10 ms is too short.*at least 23 ms/,
    );
    expect(await failureOf(run, 'run', nowhere, '--out', out, '--set', 'board.trust=latched')).toMatch(
      /^PORT_NOT_FOUND/,
    );
    const unsure = scenario('unsure', SILENT, 'port: /dev/no-such-port');
    expect(await failureOf(run, 'run', unsure, '--out', out, '--set', 'board.trust=acknowledged')).toMatch(
      /^PLAN_REFUSED: Receipts of this board can only say 'sent'/,
    );
  });

  it.each([
    [boardsCommand, ['boards', 'test', text], /^BAD_ARGUMENT.*boards with beamloop's firmware/],
    [boardsCommand, ['boards', 'clear', text], /^BAD_ARGUMENT.*boards with beamloop's firmware/],
    [conformanceCommand, ['conformance', text], /^BAD_ARGUMENT.*boards with beamloop's firmware/],
    [conformanceCommand, ['conformance', 'iio:10.0.0.7'], /^BAD_ARGUMENT.*iio-adar1000/],
    [boardsCommand, ['boards', 'info', 'iio:10.0.0.7'], /^BAD_ARGUMENT.*iio-adar1000/],
    [
      boardsCommand,
      ['boards', 'info', 'first-light.yaml'],
      /^BAD_ARGUMENT: Its board has beamloop's firmware/,
    ],
    [run, ['run', text, '--wire-log', path.join(folder, 'w')], /^BAD_ARGUMENT: A wire log holds frames/],
  ] as const)('is not for what is of the firmware: %#', async (command, args, wanted) => {
    expect(await failureOf(command, ...args)).toMatch(wanted);
  });

  it.each([
    [['board.file=none.yaml'], /FILE_NOT_FOUND/],
    [['board.driver=native'], /'file': is of driver: template/],
    [['board.driver=templat'], /Did you mean 'template'/],
    [['board.tiles=2'], /tiles.*boards with the firmware/],
    [['board.wiring=[1, 2, 3, 4, 5, 6, 7, 8]'], /wiring.*iio-adar1000/],
    [['board.emulated.phaseBits=5'], /phaseBits.*its driver and its file say/],
    [['board.emulated.faults={ missedLatches: { rate: 0.1 } }'], /missedLatches/],
    [['board.emulated.faults={ events: [{ atSlot: 3, action: reset }] }'], /atTime or atBytes/],
    [['board.emulated.at=usb'], /at.*usb/],
    [['array.elements=16'], /BOARD_MISMATCH.*16 elements.*has 8/],
  ])('is refused with %s', async (set, wanted) => {
    const args = set.flatMap((each) => ['--set', each]);
    expect(await failureOf(run, 'run', text, '--out', path.join(folder, 'never'), ...args)).toMatch(wanted);
  });

  it('is refused where its wiring or its port is another’s', async () => {
    const set = (value: string) => failureOf(run, 'run', 'iio-board', '--dry-run', '--set', value);
    expect(await set('board.wiring=[1, 2, 3]')).toMatch(/wiring names 3 channels up to 3; the array has 8/);
    expect(await set('board.wiring=[1, 1, 2, 3, 4, 5, 6, 7]')).toMatch(/names a channel twice/);
    expect(await set('board.port=/dev/ttyUSB0')).toMatch(/must name an iiod/);
    expect(
      await failureOf(run, 'run', 'first-light', '--dry-run', '--set', 'board.port=iio:10.0.0.7'),
    ).toMatch(/needs a driver/);
    expect(
      await failureOf(run, 'run', 'first-light', '--dry-run', '--set', 'board.emulated.replies={ lost: 1 }'),
    ).toMatch(/replies.*speak their own language/);
  });
});
