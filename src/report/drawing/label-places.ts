/** Where labels go beside their marks, so that they lie neither on one another nor on what is there already. */
import { textWidthPx } from './text-width.js';

export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Place {
  readonly position: 'right' | 'left' | 'top' | 'bottom';
  /** Moved up (negative) or down by this, px. */
  readonly shiftPx: number;
}

export const LABEL_DISTANCE_PX = 12;
const LINE_PX = 15;

const CANDIDATES: readonly Place[] = [
  { position: 'right', shiftPx: 0 },
  { position: 'left', shiftPx: 0 },
  ...[1, 2, 3, 4, 6, 8].flatMap((lines) =>
    [lines, -lines].flatMap((step): Place[] => [
      { position: 'right', shiftPx: step * LINE_PX * 0.75 },
      { position: 'left', shiftPx: step * LINE_PX * 0.75 },
    ]),
  ),
  { position: 'top', shiftPx: 0 },
  { position: 'bottom', shiftPx: 0 },
];

export function labelBox(x: number, y: number, text: string, place: Place): Box {
  const width = textWidthPx(text);
  const left = {
    right: x + LABEL_DISTANCE_PX,
    left: x - LABEL_DISTANCE_PX - width,
    top: x - width / 2,
    bottom: x - width / 2,
  }[place.position];
  const middle = { right: y, left: y, top: y - 16, bottom: y + 16 }[place.position] + place.shiftPx;
  return { left, right: left + width, top: middle - LINE_PX / 2, bottom: middle + LINE_PX / 2 };
}

/**
 * Greedy, in the order given: each label takes the first place that is free and within the bounds; where none is, the
 * first within the bounds; where there is not even such, the first.
 */
export function placeLabels(
  marks: readonly { readonly x: number; readonly y: number; readonly text: string }[],
  occupied: readonly Box[],
  bounds: Box,
): Place[] {
  const taken = [...occupied, ...marks.map(({ x, y }) => around(x, y, 6))];
  return marks.map(({ x, y, text }) => {
    const inside = CANDIDATES.filter((place) => within(labelBox(x, y, text, place), bounds));
    const free = inside.find((place) => !taken.some((box) => overlaps(box, labelBox(x, y, text, place))));
    const place = free ?? inside[0] ?? CANDIDATES[0]!;
    taken.push(labelBox(x, y, text, place));
    return place;
  });
}

export function around(x: number, y: number, reach: number): Box {
  return { left: x - reach, right: x + reach, top: y - reach, bottom: y + reach };
}

function within(box: Box, bounds: Box): boolean {
  return (
    box.left >= bounds.left &&
    box.right <= bounds.right &&
    box.top >= bounds.top &&
    box.bottom <= bounds.bottom
  );
}

export function overlaps(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
