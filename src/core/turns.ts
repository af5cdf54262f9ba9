/** An angle of any number of turns, rad in [-pi, pi]. Whole turns go first: thousands of them would cost digits. */
export function wrappedRad(turns: number): number {
  return 2 * Math.PI * (turns - Math.round(turns));
}
