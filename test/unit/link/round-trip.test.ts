import { expect, test } from 'vitest';
import { RoundTrip } from '../../../drivers/link/round-trip.js';

test('without samples the timeout is 100 ms, and doubling does not lengthen it', () => {
  const roundTrip = new RoundTrip();
  expect(roundTrip.timeoutS).toBeCloseTo(0.1, 12);
  for (let k = 0; k < 10; k++) roundTrip.backOff();
  expect(roundTrip.timeoutS).toBeCloseTo(0.1, 12);
});

test('a steady short round trip gives 20 ms, doubled up to 100 ms until there is progress', () => {
  const roundTrip = new RoundTrip();
  for (let k = 0; k < 50; k++) roundTrip.sample(1e-3);
  const timeouts = [0, 1, 2, 3, 4].map(() => {
    const { timeoutS } = roundTrip;
    roundTrip.backOff();
    return timeoutS;
  });
  [0.02, 0.04, 0.08, 0.1, 0.1].forEach((expected, k) => {
    expect(timeouts[k]).toBeCloseTo(expected, 12);
  });
  roundTrip.progress();
  expect(roundTrip.timeoutS).toBeCloseTo(0.02, 12);
});

test('a slow round trip has a longer timeout than doubling could give, up to 500 ms', () => {
  const roundTrip = new RoundTrip();
  for (let k = 0; k < 100; k++) roundTrip.sample(0.2);
  expect(roundTrip.timeoutS).toBeCloseTo(0.2, 6);
  roundTrip.backOff();
  expect(roundTrip.timeoutS).toBeCloseTo(0.2, 6);
  for (let k = 0; k < 100; k++) roundTrip.sample(2);
  expect(roundTrip.timeoutS).toBe(0.5);
});
