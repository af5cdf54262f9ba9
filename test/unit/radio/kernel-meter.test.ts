/** The kernel by the side of the plain loops: same samples, same sums. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/core/random.js';
import { KernelMeter } from '../../../src/radio/kernel-meter.js';
import { PlainMeter } from '../../../src/radio/plain-meter.js';
import { Waveform } from '../../../src/radio/waveform.js';

/** Single precision: of the largest sum, over up to 4096 points and 24 symbols. */
const TOLERANCE = 3e-5;

describe('sums of a slot by the kernel', () => {
  it.each([
    [16, 7.68e6, 250e-6, 0],
    [64, 7.68e6, 250e-6, 0],
    [64, 7.68e6, 250e-6, 0.0123],
    [128, 2.4e6, 2e-3, -0.3],
    [1024, 61.44e6, 125e-6, 1e-5],
    [2048, 61.44e6, 1e-3, 1e-4],
    [4096, 122.88e6, 1e-3, 0],
  ])(
    'are those of the plain loops: %i pilots at %d samples/s',
    (numPilots, sampleRateHz, slotDurationS, turns) => {
      const waveform = new Waveform({ numPilots, sampleRateHz, slotDurationS });
      const random = new Random('samples', numPilots);
      const noise = () =>
        Float32Array.from({ length: Math.ceil(waveform.slotSamples) + 37 }, () => random.normal());
      const [re, im] = [noise(), noise()];
      const kernel = new KernelMeter(waveform);
      const plain = new PlainMeter(waveform);
      // Twice: nothing of the first must be left.
      for (const at of [0, 37]) {
        const got = kernel.measure(re, im, at, turns);
        const want = plain.measure(re, im, at, turns);
        const largest = Math.max(...want.re.map(Math.abs), ...want.im.map(Math.abs));
        const worst = want.re.reduce(
          (most, x, k) => Math.max(most, Math.abs(x - got.re[k]!), Math.abs(want.im[k]! - got.im[k]!)),
          0,
        );
        expect(worst).toBeLessThan(TOLERANCE * largest);
        expect(Math.abs(got.energy / want.energy - 1)).toBeLessThan(TOLERANCE);
      }
    },
  );
});
