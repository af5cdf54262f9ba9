/** Small files of text that a table names: powers of a sweep, places of a receiver of satellites. */
import { readFile } from 'node:fs/promises';

/** What was read, or what is wrong with the file and where in it. */
export type Reading<T> = { readonly value: T } | { readonly what: string; readonly line: number | null };

/** Linear powers, one a line; what the file calls NaN is NaN. */
export async function readPowers(file: string): Promise<Reading<Float32Array>> {
  const numbers = await readNumbers(file, 'power file');
  return 'value' in numbers ? { value: Float32Array.from(numbers.value) } : numbers;
}

/** Latitude and longitude in degrees; further lines (heights) are not looked at. */
export async function readLatitudeLongitude(
  file: string,
): Promise<Reading<{ readonly latitudeDeg: number; readonly longitudeDeg: number }>> {
  const numbers = await readNumbers(file, 'position file');
  if (!('value' in numbers)) return numbers;
  const [latitudeDeg = Number.NaN, longitudeDeg = Number.NaN] = numbers.value;
  if (Math.abs(latitudeDeg) <= 90 && Math.abs(longitudeDeg) <= 360)
    return { value: { latitudeDeg, longitudeDeg } };
  return { what: 'position file has no latitude and longitude', line: 1 };
}

async function readNumbers(file: string, kind: string): Promise<Reading<number[]>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
    return { what: isMissing ? `${kind} is missing` : `${kind} cannot be read (${code})`, line: null };
  }
  const value: number[] = [];
  for (const [k, line] of text.split(/\r\n|\n|\r/).entries()) {
    for (const word of line.split(/[\s,]+/)) {
      if (word === '') continue;
      const number = /^[+-]?nan$/i.test(word) ? Number.NaN : Number(word);
      if (Number.isNaN(number) && !/nan/i.test(word))
        return { what: `${kind} holds what is no number`, line: k + 1 };
      value.push(number);
    }
  }
  return value.length === 0 ? { what: `${kind} is empty`, line: null } : { value };
}

/** Index of the largest finite power, the first on a tie; null where none is finite. */
export function strongest(powers: ArrayLike<number>): number | null {
  let best: number | null = null;
  for (let k = 0; k < powers.length; k++) {
    const power = powers[k]!;
    if (Number.isFinite(power) && (best === null || power > powers[best]!)) best = k;
  }
  return best;
}
