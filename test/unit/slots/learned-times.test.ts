import { expect, it } from 'vitest';
import { LearnedTimes } from '../../../src/slots/learned-times.js';

it('allows a UE what it took before and more, forgets one long wait, and makes nobody wait for another', () => {
  const times = new LearnedTimes();
  expect(times.allowS('slow')).toBe(0);
  times.took('slow', 0.4);
  expect(times.allowS('slow')).toBeGreaterThanOrEqual(0.5);
  expect(times.allowS('quick')).toBe(0);
  times.took('slow', 30);
  expect(times.allowS('slow')).toBeGreaterThan(30);
  for (let k = 0; k < 10; k++) {
    times.took('slow', 0.4);
    expect(times.allowS('slow')).toBeGreaterThanOrEqual(0.5);
  }
  expect(times.allowS('slow')).toBeLessThan(1);
});
