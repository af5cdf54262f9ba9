/** Campaigns whose UEs are radios: waveform, air, samples, synchronisation, powers, bridge, estimator; and the same through powers alone. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beamloop } from './campaign-runs.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'beamloop-radio-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  readonly users: readonly {
    readonly ue: string;
    readonly estimate: { readonly codewordKey: string } | null;
    readonly wideband: {
      readonly sinAngleErrorHalfWidths: number;
      readonly ringErrorHalfWidths: number;
      readonly lossPercent: number;
    };
  }[];
  readonly slots: { readonly planned: number; readonly joined: number };
}

async function run(name: string, text: string): Promise<Outcome> {
  const file = path.join(folder, `${name}.yaml`);
  writeFileSync(file, text);
  const out = mkdtempSync(path.join(folder, 'run-'));
  const { code, stdout, stderr } = await beamloop(
    'run',
    file,
    '--out',
    path.join(out, name),
    '--no-report',
    '--json',
    '--set',
    'bridge.powerTimeout=1 s',
  );
  expect(code, stderr.slice(-1000)).toBe(0);
  return JSON.parse(stdout) as Outcome;
}

/** In what a user's beam covers to its half power: nearer than that, another estimate serves as well. */
const MOST_OFF_HALF_WIDTHS = 1;
/** Of rates lost, between one draw of noise and another. */
const MOST_MORE_LOST_PERCENT = 3;

describe('a wideband campaign through samples', () => {
  it('decides what the same campaign through powers does, within what noise allows', async () => {
    const text = readFileSync('scenarios/wideband.yaml', 'utf8');
    const radio =
      'radio: { sampleRate: 61.44 MHz, emulated: { clockDriftPpm: 20, startUncertainty: 300 us } }\n';
    const powers = await run('powers', text);
    const samples = await run('samples', text + radio);
    expect(samples.users.map(({ ue }) => ue)).toEqual(powers.users.map(({ ue }) => ue));
    samples.users.forEach(({ wideband }, k) => {
      expect(Math.abs(wideband.sinAngleErrorHalfWidths)).toBeLessThan(MOST_OFF_HALF_WIDTHS);
      expect(Math.abs(wideband.ringErrorHalfWidths)).toBeLessThan(MOST_OFF_HALF_WIDTHS);
      const more = wideband.lossPercent - powers.users[k]!.wideband.lossPercent;
      expect(more).toBeLessThan(MOST_MORE_LOST_PERCENT);
    });
  });
});

describe('a narrowband campaign through samples', () => {
  const scenario = (more: string) => `seed: 3
array: { elements: 64, carrier: 28 GHz, rings: 3 }
board: { port: emulated }
slots: { duration: 250 us }
scheme: dpc
channel: { snr: 20 dB, ricianFactor: Infinity dB, scatterers: 0 }
users: { count: 3 }
${more}`;

  it.each([
    ['samples of 16 bits', 'radio: { sampleRate: 7.68 MHz }'],
    [
      'eight bits, a clock and a carrier that are off, and a start known to 5 ms',
      'radio: { sampleRate: 7.68 MHz, emulated: { format: cu8, clockDriftPpm: -20, carrierOffset: 90 kHz, startUncertainty: 5 ms } }',
    ],
    [
      'one sample of a hundred lost, which the radio tells',
      'radio: { sampleRate: 7.68 MHz, emulated: { drops: { share: 0.01, burst: 1000, told: true } } }',
    ],
  ])('finds the users that are found through powers: %s', async (_, radio) => {
    const powers = await run('narrow', scenario(''));
    const samples = await run('samples', scenario(radio));
    expect(samples.users.map(({ estimate }) => estimate?.codewordKey)).toEqual(
      powers.users.map(({ estimate }) => estimate?.codewordKey),
    );
  });
});
