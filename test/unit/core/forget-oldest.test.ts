import { expect, it } from 'vitest';
import { forgetOldest } from '../../../src/core/forget-oldest.js';

it('forgets the oldest of more than twice as many as are kept', () => {
  const memory = new Map<number, string>();
  for (let k = 0; k < 6; k++) {
    memory.set(k, '');
    forgetOldest(memory, 3);
  }
  expect([...memory.keys()]).toEqual([0, 1, 2, 3, 4, 5]);
  memory.set(6, '');
  forgetOldest(memory, 3);
  expect([...memory.keys()]).toEqual([4, 5, 6]);
});
