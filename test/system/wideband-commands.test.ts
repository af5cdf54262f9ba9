/** `beamloop codebook` and `beamloop pattern` for beams that split, as a user calls them. */
import { describe, expect, it } from 'vitest';
import { callCommandLine as beamloop } from '../fixtures/call-command-line.js';

const evaluation =
  '--elements 256 --carrier 30GHz --bandwidth 5GHz --subcarriers 1024 --speed-of-light 3e8'.split(' ');
const given = ['--delay-parameters=349/11,-427/800', '--phase-parameters=-30,1859/3200'];

describe('beamloop codebook tdps', () => {
  it('prints parameters and pilots as one document, to a pipe, warnings apart', async () => {
    const run = await beamloop('codebook', 'tdps', ...evaluation, ...given, '--pilots', '1', '--json');
    expect(run.status).toBe(0);
    const { parameters, pilots, warnings } = JSON.parse(run.stdout) as {
      parameters: { pilotRatio: number; minPilots: number };
      pilots: { delayS: number[]; phaseRad: number[]; subcarriers: Record<string, unknown>[] }[];
      warnings: string[];
    };
    expect(parameters.pilotRatio).toBeCloseTo(1.9775, 4);
    expect(parameters.minPilots).toBe(2);
    expect(pilots).toHaveLength(1);
    expect(pilots[0]!.delayS).toHaveLength(256);
    expect(pilots[0]!.phaseRad).toHaveLength(256);
    expect(pilots[0]!.subcarriers).toHaveLength(1024);
    expect(Object.keys(pilots[0]!.subcarriers[0]!)).toEqual([
      'frequencyHz',
      'sinAngle',
      'ringPerM',
      'visible',
    ]);
    expect(warnings).toHaveLength(1);
    expect(run.stderr).toBe(`beamloop: warning: ${warnings[0]}\n`);
  });

  it('refuses wrong parameters with exit code 2 and one line', async () => {
    const run = await beamloop('codebook', 'tdps', ...evaluation, '--ring-range', '0.1,0.0025');
    expect(run.status).toBe(2);
    expect(run.stdout).toBe('');
    expect(run.stderr).toMatch(
      /^beamloop: The ring range is 0\.1 to 0\.0025 1\/m\..* {2}\[BAD_ARGUMENT\]\n$/,
    );
  });

  it('reads an angle that only distances need, and refuses a wrong one', async () => {
    const run = await beamloop(
      'codebook',
      'tdps',
      ...evaluation,
      '--ring-range',
      '0.0025,0.1',
      '--max-angle',
      '60',
    );
    expect(run.status).toBe(2);
    expect(run.stderr).toContain("'60' has no unit: it could mean 60 deg or 60 rad");
  });

  it('takes negative numbers after a space and says which codebooks there are', async () => {
    const run = await beamloop(
      ...['codebook', 'tdps', ...evaluation],
      ...['--delay-parameters', '-31,-0.454', '--phase-parameters', '30,0.5'],
    );
    expect(run.status).toBe(0);
    expect(run.stdout).toMatch(/theta_t, alpha_t \(1, 1\/m\) +-31, -0\.4540000\n/);
    expect((await beamloop('codebook')).stderr).toContain(
      'dpc, polar, dft, planar, tdps, rainbow, far-rainbow',
    );
  });
});

describe('beamloop pattern', () => {
  it('prints gains of all pilots and subcarriers at near and far points', async () => {
    const run = await beamloop(
      ...['pattern', 'rainbow', ...evaluation, '--nearest', '5 m'],
      ...['--points', '-0.5:12 m,0.2:inf', '--json'],
    );
    expect(run.status).toBe(0);
    const { model, frequencyHz, points } = JSON.parse(run.stdout) as {
      model: string;
      frequencyHz: number[];
      points: { distanceM: number | null; pilots: { powerGain: number[] }[] }[];
    };
    expect(model).toBe('exact');
    expect(frequencyHz).toHaveLength(1024);
    expect(points.map(({ distanceM }) => distanceM)).toEqual([12, null]);
    for (const { pilots } of points) {
      expect(pilots).toHaveLength(10);
      const gains = pilots.flatMap(({ powerGain }) => powerGain);
      expect(gains).toHaveLength(10_240);
      expect(Math.min(...gains)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...gains)).toBeGreaterThan(0.9);
      expect(Math.max(...gains)).toBeLessThanOrEqual(1 + 1e-9);
    }
  });

  it('refuses a point behind the array', async () => {
    const run = await beamloop('pattern', 'far-rainbow', ...evaluation, '--points', '1.2:5 m');
    expect(run.status).toBe(2);
    expect(run.stderr).toContain("'1.2:5 m' is not a point in front of the array");
  });
});
