import { describe, expect, it } from 'vitest';
import { wrappedRad } from '../../../src/core/turns.js';

describe('an angle of many turns', () => {
  it('lies within half a turn of 0 and keeps all digits that its turns have', () => {
    for (const whole of [0, 1, -7, 4096, -(2 ** 40)]) {
      for (const part of [0, 0.25, -0.25, 0.375, -0.4375]) {
        expect(wrappedRad(whole + part)).toBe(2 * Math.PI * part);
      }
    }
  });
});
