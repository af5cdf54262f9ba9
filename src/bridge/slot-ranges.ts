/** Runs of consecutive slots, both ends included: how a `measure` message says which slots are wanted. */
export type SlotRange = readonly [first: number, last: number];

/** Slots (strictly ascending) as ranges. */
export function toRanges(slots: readonly number[]): SlotRange[] {
  const ranges: [number, number][] = [];
  for (const slot of slots) {
    const run = ranges.at(-1);
    if (run !== undefined && slot === run[1] + 1) run[1] = slot;
    else ranges.push([slot, slot]);
  }
  return ranges;
}

/** How many slots the ranges name, without listing them. */
export function countSlots(ranges: readonly SlotRange[]): number {
  return ranges.reduce((sum, [first, last]) => sum + (last - first + 1), 0);
}

/** The slots of the ranges. Ask `countSlots` first where the ranges come from outside. */
export function fromRanges(ranges: readonly SlotRange[]): number[] {
  const slots: number[] = [];
  for (const [first, last] of ranges) for (let slot = first; slot <= last; slot++) slots.push(slot);
  return slots;
}

/** Whether ranges are in order: each runs forward and begins after the one before. */
export function areAscending(ranges: readonly SlotRange[]): boolean {
  return ranges.every(([first, last], k) => first <= last && (k === 0 || first > ranges[k - 1]![1]));
}
