import { createHash } from 'node:crypto';

/**
 * Tells the parameters of a pilot apart in its key, because codebooks with different parameters may meet in one run or one
 * replay: the same parameters give the same eight hexadecimal digits.
 */
export function keyDigest(parameters: readonly number[]): string {
  return createHash('sha256').update(parameters.join()).digest('hex').slice(0, 8);
}
