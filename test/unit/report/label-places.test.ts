import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/core/random.js';
import { type Box, labelBox, placeLabels } from '../../../src/report/drawing/label-places.js';

const BOUNDS: Box = { left: 0, right: 900, top: 0, bottom: 500 };
const overlap = (a: Box, b: Box) =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

describe('label places', () => {
  it('a lonely label goes to the right, at the right edge to the left', () => {
    expect(placeLabels([{ x: 100, y: 100, text: 'alice' }], [], BOUNDS)[0]).toEqual({
      position: 'right',
      shiftPx: 0,
    });
    expect(placeLabels([{ x: 890, y: 100, text: 'alice' }], [], BOUNDS)[0]!.position).toBe('left');
  });

  it('ten users scattered at random: no label on another, on a mark, on what was there, or outside', () => {
    for (let seed = 0; seed < 50; seed++) {
      const random = new Random(seed);
      const marks = Array.from({ length: 10 }, (_, k) => ({
        x: 900 * random.uniform(),
        y: 500 * random.uniform(),
        text: `user-${k}`,
      }));
      const occupied = [100, 200, 300].map((top) => ({ left: 430, right: 470, top, bottom: top + 17 }));
      const places = placeLabels(marks, occupied, BOUNDS);
      const boxes = marks.map(({ x, y, text }, k) => labelBox(x, y, text, places[k]!));
      for (const [k, box] of boxes.entries()) {
        expect(box.left).toBeGreaterThanOrEqual(0);
        expect(box.right).toBeLessThanOrEqual(900);
        for (const other of [...boxes.slice(k + 1), ...occupied]) expect(overlap(box, other)).toBe(false);
      }
    }
  });

  it('where everything is taken a label is still placed within the bounds', () => {
    const marks = Array.from({ length: 60 }, () => ({ x: 50, y: 50, text: 'crowd' }));
    for (const place of placeLabels(marks, [], { left: 0, right: 120, top: 0, bottom: 100 })) {
      expect(labelBox(50, 50, 'crowd', place).right).toBeLessThanOrEqual(120);
    }
  });
});
