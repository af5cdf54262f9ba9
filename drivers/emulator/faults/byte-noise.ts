import type { Random } from '../../../src/core/random.js';
import type { ByteBehaviour } from '../line.js';
import type { ByteNoise } from './fault-plan.js';

/** A line that drops, flips (one random bit) and doubles bytes at random; null when it never does. */
export function byteNoise(noise: ByteNoise, random: Random): ByteBehaviour | null {
  const { drop, flip, duplicate } = noise;
  if (drop + flip + duplicate === 0) return null;
  return (chunk) => {
    const out = new Uint8Array(2 * chunk.length);
    let length = 0;
    for (const byte of chunk) {
      const draw = random.uniform();
      if (draw < drop) continue;
      if (draw < drop + flip) {
        out[length++] = byte ^ (1 << random.integer(8));
      } else {
        out[length++] = byte;
        if (draw < drop + flip + duplicate) out[length++] = byte;
      }
    }
    return out.subarray(0, length);
  };
}

/** Cuts chunks into pieces of 1 to `maxBytes` bytes. */
export function fragmenter(maxBytes: number, random: Random): (chunk: Uint8Array) => Iterable<Uint8Array> {
  return function* (chunk) {
    let at = 0;
    while (at < chunk.length) {
      const end = at + 1 + random.integer(maxBytes);
      yield chunk.subarray(at, end);
      at = end;
    }
  };
}
