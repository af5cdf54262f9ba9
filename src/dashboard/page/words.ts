/** Numbers as people read them. */
export const NOTHING = '–';
const DEG = Math.PI / 180;

export function metres(valueM: number | null): string {
  if (valueM === null) return 'far field';
  return `${valueM.toPrecision(valueM >= 100 ? 4 : 3)} m`;
}

export function degrees(angleRad: number): string {
  return `${(angleRad / DEG).toFixed(1)}°`.replace('-', '−');
}

export function decibels(valueDb: number | null, digits = 1): string {
  return valueDb === null
    ? NOTHING
    : `${valueDb.toFixed(digits)} dB`.replace(/^-(?=0\.?0* )/, '').replace('-', '−');
}

export function seconds(valueS: number | null, digits = 3): string {
  return valueS === null ? NOTHING : `${valueS.toFixed(digits)} s`;
}

export function count(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 0 }).replaceAll(',', ' ');
}

export function bytes(value: number): string {
  if (value < 1e3) return `${value} B`;
  return value < 1e6 ? `${(value / 1e3).toFixed(1)} kB` : `${(value / 1e6).toFixed(1)} MB`;
}

/** Where a place of the array's frame is seen, for linear arrays and planar ones. */
export function seenAt(place: readonly number[], isPlanar: boolean): string {
  const [x = 0, y = 0, z = 0] = place;
  const distanceM = Math.hypot(x, y, z);
  if (!isPlanar) return `${metres(distanceM)}, ${degrees(Math.asin(y / distanceM))}`;
  const elevation = Math.atan2(z, Math.hypot(x, y));
  return `${degrees(Math.atan2(y, x))}, ${degrees(elevation)} up, ${metres(distanceM)}`;
}
