import { describe, expect, it } from 'vitest';
import { RowCollector } from '../../../src/record/plain-rows.js';
import type { Row } from '../../../src/record/schema.js';

const power = (slot: number, powers: Float32Array): Row<'powers'> => ({
  ...{ slot, ue: 'ada', sequence: 1, ueTimeS: 0.5, noiseFloor: 0, powers },
});

describe('rows on their way to another thread', () => {
  it('are their numbers, their lists and what is neither', () => {
    const collector = new RowCollector('powers');
    collector.append(power(7, Float32Array.of(1, 2)));
    collector.append(power(8, Float32Array.of(3)));
    const { numRows, numbers, others, lengths, values } = collector.take();
    expect(numRows).toBe(2);
    expect([...numbers]).toEqual([7, 1, 0.5, 0, 8, 1, 0.5, 0]);
    expect(others).toEqual(['ada', 'ada']);
    expect([...lengths]).toEqual([2, 1]);
    expect([...values]).toEqual([1, 2, 3]);
  });

  it('keep nulls apart from what is nothing', () => {
    const collector = new RowCollector('element_settings');
    collector.append({ hash: 'a', phaseRad: new Float32Array(0), delayS: null, amplitude: null });
    expect([...collector.take().lengths]).toEqual([0, -1, -1]);
    const positions = new RowCollector('users');
    positions.append({ ue: 'ada', turn: 0, xM: null, yM: 0, zM: null, snrDb: null, bestKey: null });
    expect(positions.take().others.slice(0, 3)).toEqual(['ada', null, 0]);
  });

  it('are taken once', () => {
    const collector = new RowCollector('powers');
    collector.append(power(7, Float32Array.of(1)));
    collector.take();
    collector.append(power(8, Float32Array.of(2)));
    const { numbers, values } = collector.take();
    expect(numbers[0]).toBe(8);
    expect([...values]).toEqual([2]);
  });

  it('are as many and as long as need be', () => {
    const collector = new RowCollector('powers');
    for (let slot = 0; slot < 100; slot++) collector.append(power(slot, new Float32Array(50).fill(slot)));
    const { numbers, values } = collector.take();
    expect(numbers[4 * 99]).toBe(99);
    expect([values[0], values[50 * 99 - 1], values[50 * 99]]).toEqual([0, 98, 99]);
  });

  it.each([
    ['a number that is none', { noiseFloor: null }],
    ['a number that is missing', { noiseFloor: undefined }],
    ['a list that is missing', { powers: undefined }],
  ])('leave out a row with %s, and say so', (_, wrong) => {
    const collector = new RowCollector('powers');
    collector.append(power(7, Float32Array.of(1)));
    expect(() => collector.append({ ...power(8, Float32Array.of(2)), ...wrong })).toThrow(TypeError);
    collector.append(power(9, Float32Array.of(3)));
    const { numRows, numbers, others, lengths, values } = collector.take();
    expect([numRows, numbers[0], numbers[4], others.length]).toEqual([2, 7, 9, 2]);
    expect([...lengths, ...values]).toEqual([1, 1, 1, 3]);
  });
});
