import { expect, it } from 'vitest';
import { maximumOf } from '../../../firmware-protocol/layout.js';
import { Arm } from '../../../firmware-protocol/messages/arm.js';
import { MAX_SLOT_TICKS, slotTicksOf } from '../../../src/core/slot-ticks.js';

it('slots last whole ticks, up to the rounding of seconds', () => {
  expect(slotTicksOf(125e-6, 100e6)).toMatchObject({ ticks: 12_500, isKept: true });
  expect(slotTicksOf(62.5e-6, 1e6)).toEqual({ ticks: 63, exactTicks: 62.5, isKept: false });
  expect(slotTicksOf(125e-6 + 0.9e-11, 100e6).isKept).toBe(true);
  expect(slotTicksOf(125e-6 + 1.1e-11, 100e6).isKept).toBe(false);
  for (const durationS of [0, -125e-6, Number.NaN, Number.POSITIVE_INFINITY, MAX_SLOT_TICKS + 1]) {
    expect(slotTicksOf(durationS, 1).isKept).toBe(false);
  }
  expect(slotTicksOf(MAX_SLOT_TICKS, 1).isKept).toBe(true);
});

it('a slot has as many ticks as the message that arms can say', () => {
  expect(maximumOf(Arm.fields[3])).toBe(MAX_SLOT_TICKS);
  expect(Arm.fields[3].name).toBe('slotTicks');
});
