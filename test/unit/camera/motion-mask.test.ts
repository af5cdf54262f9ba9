import { describe, expect, it } from 'vitest';
import type { Frame } from '../../../src/camera/frame.js';
import { blurredGrey, motionMask } from '../../../src/camera/motion-mask.js';
import { Random } from '../../../src/core/random.js';

const SIZE = 12;

function drawn(channels: 1 | 3, key: string): Frame {
  const random = new Random(3, key);
  const pixels = Uint8Array.from({ length: SIZE ** 2 * channels }, () => random.integer(256));
  return { boardTimeS: 0, width: SIZE, height: SIZE, channels, pixels };
}

/** As it is defined: a sum over all neighbours within four pixels each way, weights of exp(-d^2/2), edges repeated. */
function slowBlur(frame: Frame): number[] {
  const grey = (x: number, y: number) => {
    const at = (y * SIZE + x) * frame.channels;
    const [r, g, b] = frame.channels === 1 ? [1, 0, 0] : [0.2125, 0.7154, 0.0721];
    const [first, second, third] = [0, 1, 2].map((c) => frame.pixels[at + Math.min(c, frame.channels - 1)]!);
    return (r! * first! + g! * second! + b! * third!) / 255;
  };
  const inside = (k: number) => Math.min(SIZE - 1, Math.max(0, k));
  return Array.from({ length: SIZE ** 2 }, (_, k) => {
    let [sum, weights] = [0, 0];
    for (let dy = -4; dy <= 4; dy++) {
      for (let dx = -4; dx <= 4; dx++) {
        const weight = Math.exp(-(dx * dx + dy * dy) / 2);
        weights += weight;
        sum += weight * grey(inside((k % SIZE) + dx), inside(Math.floor(k / SIZE) + dy));
      }
    }
    return sum / weights;
  });
}

describe('frames in grey, blurred', () => {
  it.each([1, 3] as const)('are as the sum over neighbours has it, %i channels', (channels) => {
    const frame = drawn(channels, 'blur');
    const found = blurredGrey(frame);
    for (const [k, wanted] of slowBlur(frame).entries()) expect(found[k]).toBeCloseTo(wanted, 5);
  });
});

describe('motion masks', () => {
  it('mark what differs by more than a tenth of the largest difference of that pair', () => {
    const [before, after] = ['a', 'b'].map((key) => drawn(3, key));
    const differences = slowBlur(after!).map((value, k) => Math.abs(value - slowBlur(before!)[k]!));
    const most = Math.max(...differences);
    const mask = motionMask(blurredGrey(before!), blurredGrey(after!));
    const sure = differences.map((each) => Math.abs(each / most - 0.1) > 1e-4);
    for (const [k, each] of differences.entries()) {
      if (sure[k]) expect(mask[k]).toBe(each > 0.1 * most ? 1 : 0);
    }
    expect(mask.reduce((a, b) => a + b, 0)).toBeGreaterThan(10);
  });

  it('of a scene where nothing moves are empty, and not a picture of its noise', () => {
    const still = blurredGrey(drawn(1, 'still'));
    expect(
      motionMask(
        still,
        still.map((value) => value + 5e-4),
      ).every((each) => each === 0),
    ).toBe(true);
    const stirred = still.slice();
    stirred[40]! += 2e-3;
    expect(motionMask(still, stirred).indexOf(1)).toBe(40);
  });
});
