import { describe, expect, it } from 'vitest';
import { codebookCommand } from '../../../src/cli/commands/codebook.js';
import { failureOf, runCommand } from '../../fixtures/run-command.js';

async function run(...args: string[]): Promise<string> {
  return (await runCommand(codebookCommand, 'codebook', ...args)).stdout;
}

async function json(...args: string[]): Promise<Record<string, unknown>[]> {
  return (JSON.parse(await run(...args, '--json')) as { codewords: Record<string, unknown>[] }).codewords;
}

const failure = (...args: string[]) => failureOf(codebookCommand, 'codebook', ...args);

const array = ['--elements', '256', '--carrier', '100 GHz', '--speed-of-light', '3e8'];

describe('beamloop codebook', () => {
  it('prints one diverging codeword', async () => {
    const codewords = await json('dpc', ...array, '--level', '3', '--index', '5');
    expect(codewords).toHaveLength(1);
    const { level, index, virtualFocalPointM, phaseRad, delayS } = codewords[0]!;
    expect([level, index, delayS]).toEqual([3, 5, null]);
    const [x, y] = virtualFocalPointM as [number, number];
    expect(x).toBeCloseTo(-0.3825 * Math.sqrt(15), 9);
    expect(y).toBeCloseTo(-0.19125, 9);
    const phases = phaseRad as number[];
    expect(phases).toHaveLength(256);
    const turns = phases[9]! / (2 * Math.PI) + Math.hypot(x, -118.5 * 1.5e-3 - y) / 3e-3;
    expect(Math.abs(turns - Math.round(turns))).toBeLessThan(1e-7);
  });

  it('prints a whole level, null where a sector is empty, and all of it without range reduction', async () => {
    const reduced = await json('dpc', ...array, '--level', '4');
    expect(reduced.map(({ index }) => index)).toEqual(Array.from({ length: 16 }, (_, k) => k + 1));
    expect(reduced[0]).toEqual({
      level: 4,
      index: 1,
      virtualFocalPointM: null,
      phaseRad: null,
      delayS: null,
    });
    const whole = await json('dpc', ...array, '--level', '4', '--no-range-reduction');
    expect(whole[0]!.virtualFocalPointM).toEqual([0, expect.closeTo(0.19125, 12)]);
  });

  it('prints a polar codebook, rings counted from the innermost, null at infinity', async () => {
    const codewords = await json('polar', '--elements', '8', '--carrier', '28 GHz', '--rings', '3');
    expect(codewords).toHaveLength(24);
    expect(Object.keys(codewords[0]!)).toEqual([
      'ring',
      'angleIndex',
      'sinAngle',
      'ringDistanceM',
      'distanceM',
      'phaseRad',
    ]);
    expect(codewords[0]).toMatchObject({ ring: 1, angleIndex: 1, sinAngle: -0.875 });
    expect(codewords[23]).toMatchObject({ ring: 3, angleIndex: 8, ringDistanceM: null, distanceM: null });
    expect(codewords[8]!.ringDistanceM).toBeGreaterThan(codewords[0]!.ringDistanceM as number);
    const one = await json(
      ...[
        'polar',
        '--elements',
        '8',
        '--carrier',
        '28 GHz',
        '--rings',
        '3',
        '--ring',
        '2',
        '--angle-index',
        '7',
      ],
    );
    expect(one).toEqual([codewords[14]]);
  });

  it('prints far-field beams', async () => {
    const codewords = await json(
      'dft',
      '--elements',
      '8',
      '--carrier',
      '28 GHz',
      '--level',
      '2',
      '--index',
      '1',
    );
    expect(codewords[0]).toMatchObject({ level: 2, index: 1, sinAngle: -0.75 });
    expect((codewords[0]!.amplitude as number[]).filter((a) => a > 0)).toHaveLength(4);
  });

  it('prints a table for people', async () => {
    const lines = (await run('dpc', ...array, '--level', '2')).trim().split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatch(/level\s+index\s+virtualFocalPointM/);
  });

  it.each([
    [
      ['--elements', '100', '--carrier', '100 GHz', '--level', '1'],
      /BAD_ARGUMENT.*power of two.*not 100.*64 or 128/,
    ],
    [['--elements', 'many', '--carrier', '100 GHz', '--level', '1'], /BAD_UNIT.*'many'.*--elements/],
    [['--elements', '64', '--carrier', '100 ms', '--level', '1'], /BAD_UNIT.*in Hz.*--carrier.*100 GHz/],
    [['--elements', '64', '--carrier', '100 GHz', '--level', '7'], /BAD_ARGUMENT.*no level 7.*1 to 6/],
    [['--elements', '64', '--carrier', '100 GHz', '--level', '2', '--index', '5'], /no index 5.*1 to 4/],
    [
      ['--elements', '64', '--carrier', '100 GHz', '--level', '2', '--level', '3'],
      /--level was given 2 times/,
    ],
    [['--elements', '64', '--carrier', '100 GHz'], /level/],
  ])('dpc %j says what is wrong', async (args, message) => {
    expect(await failure('dpc', ...args)).toMatch(message);
  });
});
