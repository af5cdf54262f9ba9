/** Letters, digits and marks that no shell makes anything of. */
const PLAIN = /^[\p{L}\p{N}_./:@%+=,-]+$/u;

/** A path or other word as it is typed into a shell: in quotes where it holds spaces or characters that mean something there. */
export function shellWord(text: string): string {
  // What begins with a dash would be taken for an option.
  const word = text.startsWith('-') ? `./${text}` : text;
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
