/** What a codeword is, before it is settings: angles as sines, rings in 1/m, points [x, y] in metres (SPEC 4.7). */
export type CodewordShape =
  | { readonly kind: 'far'; readonly sinAngle: number }
  | { readonly kind: 'focus' | 'diverging'; readonly pointM: readonly [xM: number, yM: number] }
  | { readonly kind: 'second-order'; readonly sinAngle: number; readonly ringPerM: number }
  | { readonly kind: 'split'; readonly phase: SplitPoint; readonly delay: SplitPoint };

interface SplitPoint {
  readonly sinAngle: number;
  readonly ringPerM: number;
}
