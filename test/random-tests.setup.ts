/**
 * Randomised tests draw the same examples everywhere, so a tree passes or fails for what it is. To look further:
 * BEAMLOOP_TEST_SEED=7 (any integer) draws others, BEAMLOOP_TEST_RUNS=10000 more where a test does not say how many.
 */
import fc from 'fast-check';

function integerFrom(variable: string, otherwise: number): number {
  const text = process.env[variable];
  if (text === undefined) return otherwise;
  if (!/^-?\d{1,9}$/.test(text))
    throw new Error(`${variable} is '${text}'. Set it to an integer of at most 9 digits, or unset it`);
  return Number(text);
}

fc.configureGlobal({
  seed: integerFrom('BEAMLOOP_TEST_SEED', 20261),
  numRuns: Math.max(1, integerFrom('BEAMLOOP_TEST_RUNS', 100)),
});
