import { appendFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../../src/cli/command-line.js';
import { BeamloopError } from '../../../src/core/errors.js';
import { callCommandLine } from '../../fixtures/call-command-line.js';
import { appendMeasuredSlot, appendRow, handMadeRecording } from '../../fixtures/hand-made-recording.js';
import { writeScenario } from '../prediction/datasets/deepsense-tree.js';

let root: string;
const at = (name: string) => path.join(root, name);
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'beamloop-dataset-command-'));
  writeScenario(at('scenario'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('beamloop dataset', () => {
  it('says of a folder what it is, what is there and what is wrong', async () => {
    const { status, stdout } = await callCommandLine(
      'dataset',
      'info',
      at('scenario'),
      '--history',
      '2',
      '--future',
      '1',
    );
    expect(status).toBe(0);
    expect(stdout).toContain('DeepSense 6G scenario (scenario9.csv)');
    expect(stdout).toMatch(/passes +2, with 1 gap within them: 3 segments/);
    expect(stdout).toMatch(/windows +9 of 2 \+ 1 samples; 6 with all labels, 5 of them with all 2 images/);
    expect(stdout).toContain('1 × image is missing: scenario9.csv:6');
    const json = await callCommandLine('dataset', 'info', at('scenario'), '--gap', '1 s', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ kind: 'samples', numGaps: 0, numSegments: 2 });
  });

  it('imports it, with warnings, and says what the data set holds', async () => {
    const { status, stdout, stderr } = await callCommandLine(
      'dataset',
      'import',
      at('scenario'),
      '--out',
      at('out'),
    );
    expect(status).toBe(0);
    expect(stdout).toContain(`15 rows of samples in ${at('out/samples.parquet')}`);
    expect(stderr).toContain('beamloop: warning: 1 × image is missing (scenario9.csv:6');
    const info = await callCommandLine('dataset', 'info', at('out'), '--history', '2', '--future', '1');
    expect(info.stdout).toMatch(/windows +9 of 2 \+ 1 samples, 6 with all labels/);
    appendFileSync(at('out/samples.parquet'), ' ');
    const changed = await callCommandLine('dataset', 'info', at('out'));
    expect([changed.status, changed.stderr]).toEqual([2, expect.stringContaining('DATASET_INVALID')]);
    const again = await callCommandLine('dataset', 'import', at('out'), '--out', at('again'));
    expect([again.status, again.stderr]).toEqual([2, expect.stringContaining('imported already')]);
  });

  it('makes one of recordings', async () => {
    const recording = await handMadeRecording(at('run'));
    appendRow(recording, 'users', { ue: 'ada', turn: 0, xM: 1, yM: 2 });
    appendMeasuredSlot(recording, { slot: 0, ue: 'ada', codewordKey: 'dpc/1/1', noiseFloor: 0, powers: [1] });
    await recording.close();
    const { stdout } = await callCommandLine('dataset', 'export', at('run'), '--out', at('own'), '--json');
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'samples', numRows: 1, codebook: ['dpc/1/1'] });
  });

  it.each([
    [['info'], /needs 1 argument/],
    [['inform', 'x'], /There is no command 'dataset inform'/],
    [[], /Say what is to be done/],
    [['info', 'nowhere'], /There is no such folder or table \(nowhere\)/],
    [['info', 'scenarios'], /no layout that is known.*DATASET_INVALID/],
    [['info', 'scenarios', '--gap', '0 s'], /--gap cannot be 0 s/],
    [['info', 'scenarios', '--history', '0'], /not a whole number from 1/],
    [['import', 'scenarios'], /out/],
  ])('refuses %j', async (words, why) => {
    const { status, stderr } = await callCommandLine('dataset', ...words);
    expect(status).toBe(2);
    expect(stderr).toMatch(why);
  });

  it('refuses a folder that the database takes for an address, and makes none', async () => {
    const { status, stderr } = await callCommandLine('dataset', 'import', at('scenario'), '--out', at('a?b'));
    expect([status, stderr]).toEqual([2, expect.stringContaining('question mark')]);
    expect(existsSync(at('a?b'))).toBe(false);
  });

  it('leaves nothing behind when it is interrupted', async () => {
    const interrupt = new AbortController();
    const stdout = new PassThrough();
    const stderr = new PassThrough();
    // As many lines as take some turns of the loop, all about the same files.
    const [header, line] = ['index,unit1_pwr_60ghz,seq_index', './unit1/power/power_0.txt,1'];
    writeFileSync(
      at('scenario/long.csv'),
      `${header}\n${Array.from({ length: 5000 }, (_, k) => `${k},${line}`).join('\n')}\n`,
    );
    setTimeout(() => interrupt.abort(new BeamloopError('INTERRUPTED', { what: 'Interrupted' })), 30);
    const context = { signal: interrupt.signal, stdout, stderr, terminal: null };
    const words = ['dataset', 'import', at('scenario/long.csv'), '--out', at('stopped')];
    expect(await runCommandLine(words, context, 'beamloop')).toBe(130);
    expect(String(stderr.read())).toContain('No data set was written');
    expect(existsSync(at('stopped')) ? readdirSync(at('stopped')) : []).toEqual([]);
    rmSync(at('scenario/long.csv'));
  });
});
