import { closest } from 'fastest-levenshtein';

/** A name with the word that was written goes before one that takes fewer strokes: `rainbow` is not meant to be `dpc`. */
export function nearest(text: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const written = text.slice(0, 60);
  const holding = known.filter((name) => `-${name}-`.includes(`-${written}-`));
  return closest(written, holding.length > 0 ? holding : known);
}
