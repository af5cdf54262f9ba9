/** Numbers as people read them: sensible digits, a real minus sign, units. */

/** What is shown where there is no value. */
export const NOTHING = '–';

export function fixed(value: number, digits: number): string {
  if (Number.isNaN(value)) return NOTHING;
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** `digits` significant digits, without an exponent between 1e-4 and 1e7. */
export function significant(value: number, digits = 3): string {
  if (value === 0 || !Number.isFinite(value)) return fixed(value, 0);
  const magnitude = Math.floor(Math.log10(Math.abs(value)));
  if (magnitude < -4 || magnitude > 6) return value.toExponential(digits - 1).replaceAll('-', '−');
  return fixed(value, Math.max(0, digits - 1 - magnitude));
}

/** Three significant digits at most, without zeros that say nothing: 1, 1.5, 131. */
function tidy(value: number): string {
  const text = significant(value);
  return text.includes('e') || !text.includes('.') ? text : text.replace(/\.?0+$/, '');
}

/** Minus signs, squares and transposes in text that was written with the keyboard's characters. */
export function typographic(text: string): string {
  return text
    .replace(/(^|[\s([])-(?=[\d.A-Z])/g, '$1−')
    .replace(/(\d) - (?=[\w(])/g, '$1 − ')
    .replaceAll('^2', '²')
    .replaceAll('^T', 'ᵀ');
}

/** 1234567 → `1 234 567`, with thin spaces that do not break. */
export function count(value: number): string {
  return fixed(value, 0).replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

export function metres(valueM: number | null): string {
  if (valueM === null) return NOTHING;
  if (!Number.isFinite(valueM)) return '∞';
  return `${fixed(valueM, valueM < 10 ? 2 : 1)}\u00a0m`;
}

export function degrees(angleRad: number | null, digits = 2): string {
  return angleRad === null ? NOTHING : `${fixed((angleRad * 180) / Math.PI, digits)}°`;
}

export function decibels(valueDb: number | null, digits = 1): string {
  return valueDb === null ? NOTHING : `${fixed(valueDb, digits)}\u00a0dB`;
}

/** A duration or an instant with the unit that suits it. */
export function seconds(valueS: number | null): string {
  if (valueS === null) return NOTHING;
  const size = Math.abs(valueS);
  if (size === 0) return '0\u00a0s';
  if (size < 1e-6) return `${tidy(valueS * 1e9)}\u00a0ns`;
  if (size < 1e-3) return `${tidy(valueS * 1e6)}\u00a0µs`;
  if (size < 1) return `${tidy(valueS * 1e3)}\u00a0ms`;
  if (size < 120) return `${tidy(valueS)}\u00a0s`;
  return `${fixed(valueS / 60, 1)}\u00a0min`;
}

export function bytes(value: number): string {
  if (value < 1e4) return `${count(value)}\u00a0B`;
  return value < 1e6 ? `${tidy(value / 1e3)}\u00a0kB` : `${tidy(value / 1e6)}\u00a0MB`;
}

export function frequency(valueHz: number): string {
  const [unit, size] = (
    [
      ['GHz', 1e9],
      ['MHz', 1e6],
      ['kHz', 1e3],
      ['Hz', 1],
    ] as const
  ).find(([, least]) => valueHz >= least) ?? ['Hz', 1];
  return `${Number((valueHz / size).toPrecision(6))}\u00a0${unit}`;
}
