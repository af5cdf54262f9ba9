/** Numbers as people read them in tables. */

/** Two decimals are what 10,000 users can tell apart. */
export function percent(fraction: number, decimals = 2): string {
  return `${(100 * fraction).toFixed(decimals)} %`;
}

/** Up to four significant digits, without trailing zeros. */
export function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

export function metres(distanceM: number | readonly number[] | null): string {
  return pointOrRange(distanceM, short);
}

export function degrees(angleRad: number | readonly number[] | null): string {
  return pointOrRange(angleRad, (angle) => short((angle * 180) / Math.PI));
}

function pointOrRange(value: number | readonly number[] | null, format: (value: number) => string): string {
  if (value === null) return '-';
  return typeof value === 'number' ? format(value) : value.map(format).join(' … ');
}

export function snrText(snrDb: number | null): string {
  return snrDb === null ? 'no noise' : String(snrDb);
}
