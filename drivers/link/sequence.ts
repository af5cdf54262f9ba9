/** Serial-number arithmetic on 16-bit sequence numbers (SPEC 5). */

const MODULUS = 0x10000;

/** How far `to` is ahead of `from`, 0..65535; anything from 32768 on means that it is behind. */
export function sequenceDistance(from: number, to: number): number {
  return (to - from + MODULUS) % MODULUS;
}

export function isBehind(from: number, to: number): boolean {
  return sequenceDistance(from, to) >= MODULUS / 2;
}

export function nextSequence(sequence: number): number {
  return (sequence + 1) % MODULUS;
}
