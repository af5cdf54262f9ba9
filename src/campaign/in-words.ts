/** Places and losses as tables and sentences have them. */

/**
 * `21.30 m at -14.2 deg`; without a distance the user is in the far field.
 *
 * @param elevationRad of planar arrays: `21.30 m at -14.2 deg, 3.0 deg up`.
 */
export function place(
  distanceM: number | null,
  angleRad: number,
  elevationRad: number | null = null,
): string {
  const distance = distanceM === null ? 'far field' : `${distanceM.toFixed(2)} m`;
  const degrees = (rad: number) => ((rad * 180) / Math.PI).toFixed(1);
  if (elevationRad === null) return `${distance} at ${degrees(angleRad)} deg`;
  const direction = `${degrees(angleRad)} deg, ${degrees(Math.abs(elevationRad))} deg ${elevationRad < 0 ? 'down' : 'up'}`;
  return distanceM === null ? direction : `${distance} at ${direction}`;
}

/** `-` where nobody knows it. */
export function decibels(lossDb: number | null): string {
  return lossDb === null ? '-' : `${lossDb.toFixed(2).replace(/^-0\.00$/, '0.00')} dB`;
}
