/** `beamloop pattern`: power gains against a direct sum over the elements that is written out here. */
import { describe, expect, it } from 'vitest';
import { codebookCommand } from '../../../src/cli/commands/codebook.js';
import { patternCommand } from '../../../src/cli/commands/pattern.js';
import { failureOf, runCommand } from '../../fixtures/run-command.js';

interface Codewords {
  readonly delayS: readonly number[] | null;
  readonly phaseRad: readonly number[];
  readonly amplitude?: readonly number[] | null;
}
interface Pattern {
  readonly model: string;
  readonly frequencyHz: number[];
  readonly points: {
    readonly sinAngle: number;
    readonly distanceM: number | null;
    readonly ringPerM: number;
    readonly pilots: { readonly key: string; readonly powerGain: number[] }[];
  }[];
}

const pattern = async (...args: string[]) =>
  JSON.parse((await runCommand(patternCommand, 'pattern', ...args, '--json')).stdout) as Pattern;
const codebook = async (...args: string[]) =>
  JSON.parse((await runCommand(codebookCommand, 'codebook', ...args, '--json')).stdout) as {
    readonly pilots: Codewords[];
    readonly codewords: Codewords[];
  };
const failure = (...args: string[]) => failureOf(patternCommand, 'pattern', ...args);

/** |(1/N) sum a_n exp(-j 2 pi f (way_n / c + tau_n) + j phi_n)|^2, ways by Pythagoras. */
function directGain(
  { delayS, phaseRad, amplitude }: Codewords,
  carrierHz: number,
  frequencyHz: number,
  [sine, distanceM]: readonly [number, number],
  model: string,
): number {
  const c = 3e8;
  const count = phaseRad.length;
  let re = 0;
  let im = 0;
  for (let k = 0; k < count; k++) {
    const y = ((k - (count - 1) / 2) * c) / (2 * carrierHz);
    const wayM =
      distanceM === Infinity
        ? -y * sine
        : model === 'fresnel'
          ? -y * sine + (y * y * (1 - sine * sine)) / (2 * distanceM)
          : Math.hypot(distanceM * Math.sqrt(1 - sine * sine), y - distanceM * sine) - distanceM;
    const turns = frequencyHz * (wayM / c + (delayS?.[k] ?? 0));
    const angle = phaseRad[k]! - 2 * Math.PI * (turns - Math.round(turns));
    re += (amplitude?.[k] ?? 1) * Math.cos(angle);
    im += (amplitude?.[k] ?? 1) * Math.sin(angle);
  }
  return (re * re + im * im) / count ** 2;
}

const band = '--elements 64 --carrier 30GHz --bandwidth 5GHz --subcarriers 128 --speed-of-light 3e8'.split(
  ' ',
);
const points: readonly (readonly [number, number])[] = [
  [0.5, 2],
  [-0.8, 0.7],
  [0.1, Infinity],
  [1, 3],
  [-1, 0.1],
];
const pointsText = '0.5:2 m, -0.8:0.7 m,0.1:inf,1:3 m,-1:0.1 m';

describe('beamloop pattern', () => {
  it.each([
    ['exact', 'tdps', ['--ring-range', '0.02,0.5']],
    ['fresnel', 'tdps', ['--ring-range', '0.02,0.5']],
    ['exact', 'rainbow', ['--nearest', '1 m']],
    ['fresnel', 'far-rainbow', []],
  ])('%s agrees with the direct sum for %s', async (model, name, options) => {
    const args = [name, ...band, ...options];
    const printed = await pattern(...args, '--points', pointsText, '--model', model);
    const { pilots } = await codebook(...args);
    expect(printed.model).toBe(model);
    expect(printed.frequencyHz).toHaveLength(128);
    expect(printed.points.map(({ sinAngle, distanceM }) => [sinAngle, distanceM ?? Infinity])).toEqual(
      points,
    );
    expect(printed.points[0]!.ringPerM).toBeCloseTo(0.75 / 4, 12);
    printed.points.forEach((point, p) => {
      expect(point.pilots).toHaveLength(pilots.length);
      point.pilots.forEach(({ powerGain }, k) => {
        printed.frequencyHz.forEach((hz, m) => {
          const gain = directGain(pilots[k]!, 30e9, hz, points[p]!, model);
          // 1e-6 of the peak; the peak is 1.
          expect(Math.abs(powerGain[m]! - gain)).toBeLessThan(1e-6);
        });
      });
    });
  });

  it('sees narrowband codebooks at the carrier, or over a band', async () => {
    const array = '--elements 64 --carrier 30GHz --speed-of-light 3e8 --level 3'.split(' ');
    for (const name of ['dpc', 'dft']) {
      const { codewords } = await codebook(name, ...array);
      const atCarrier = await pattern(name, ...array, '--points', pointsText);
      const wide = await pattern(
        ...[name, ...array, '--points', pointsText, '--bandwidth', '5 GHz', '--subcarriers', '3'],
      );
      expect(atCarrier.frequencyHz).toEqual([30e9]);
      expect(wide.frequencyHz[1]).toBe(30e9);
      atCarrier.points.forEach((point, p) => {
        point.pilots.forEach(({ key, powerGain }, k) => {
          expect(key).toBe(`${name}/3/${k + 1}`);
          const gain = directGain(codewords[k]!, 30e9, 30e9, points[p]!, 'exact');
          expect(powerGain).toEqual([expect.closeTo(gain, 9)]);
          expect(wide.points[p]!.pilots[k]!.powerGain[1]).toBeCloseTo(gain, 9);
        });
      });
    }
  });

  it('brings all power to the focus of a subcarrier', async () => {
    const printed = await pattern(
      ...['polar', '--elements', '64', '--carrier', '30GHz', '--speed-of-light', '3e8'],
      ...['--rings', '3', '--ring', '1', '--angle-index', '40', '--points', '15/64:1 m'],
    );
    expect(printed.points[0]!.pilots).toHaveLength(1);
    // Ring 1 of 2 finite ones: D^2 / (2 lambda 1.2^2) / 2 cos^2.
    const ringM = (63 * 0.005) ** 2 / (2 * 0.01 * 1.44) / 2;
    const at = `15/64:${ringM * (1 - (15 / 64) ** 2)} m`;
    const focused = await pattern(
      ...['polar', '--elements', '64', '--carrier', '30GHz', '--speed-of-light', '3e8'],
      ...['--rings', '3', '--ring', '1', '--angle-index', '40', '--points', at],
    );
    expect(focused.points[0]!.pilots[0]!.powerGain[0]).toBeCloseTo(1, 9);
    expect(printed.points[0]!.pilots[0]!.powerGain[0]).toBeLessThan(0.999);
  });

  it('prints the strongest subcarrier of each pilot for people', async () => {
    const { stdout } = await runCommand(
      patternCommand,
      ...['pattern', 'tdps', ...band, '--ring-range', '0.02,0.5', '--points', pointsText],
    );
    const lines = stdout.trim().split('\n');
    expect(lines[0]).toMatch(/sin\(angle\) +distance \(m\) +pilot +subcarrier/);
    const printed = await pattern('tdps', ...band, '--ring-range', '0.02,0.5', '--points', pointsText);
    expect(lines).toHaveLength(2 + 5 * printed.points[0]!.pilots.length);
    const { powerGain } = printed.points[0]!.pilots[0]!;
    const best = powerGain.indexOf(Math.max(...powerGain));
    expect(lines[2]).toMatch(
      new RegExp(`0\\.5 +2 +tdps/1-[0-9a-f]{8} +${best} +${(printed.frequencyHz[best]! / 1e9).toFixed(6)}`),
    );
  });

  it.each([
    ['1.1:5 m', /'1.1:5 m' is not a point in front of the array.*beyond 90 degrees/],
    ['0:0', /distance is not above 0/],
    ['0:-3 m', /distance is not above 0/],
    ['0.5', /colon between/],
    ['0.5:1:2', /colon between/],
    ['0.5:1 s', /BAD_UNIT.*--points/],
    ['x:1', /BAD_UNIT.*--points/],
    ['0.5:1 m,', /'' is not a point/],
  ])('refuses the point %s', async (text, message) => {
    expect(await failure('far-rainbow', ...band, '--points', text)).toMatch(message);
  });

  it('refuses half a band, and options of the codebook as the codebook command does', async () => {
    const dpc = ['dpc', '--elements', '64', '--carrier', '30GHz', '--level', '2', '--points', '0:1 m'];
    expect(await failure(...dpc, '--bandwidth', '1 GHz')).toMatch(/--bandwidth is given alone/);
    expect(await failure(...dpc, '--subcarriers', '10')).toMatch(/--subcarriers is given alone/);
    expect(await failure('tdps', ...band, '--ring-range', '0.5,0.02', '--points', '0:1 m')).toMatch(
      /ring range/,
    );
  });
});
