/** How rows tell where users are: one value, or the smallest and largest. */
export function pointOrRange([low, high]: readonly [number, number]): number | readonly number[] {
  return low === high ? low : [low, high];
}
