/**
 * Text from files, boards and UEs on its way to a terminal.
 *
 * Control characters, those that turn the direction of writing, and halves of surrogate pairs become `\u001b`: a form that
 * JSON has too, so that a JSON document with such characters stays one and means the same.
 */
const UNPRINTABLE =
  /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;

/** One line. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escaped);
}

/** As `printable`, for text of several lines: their ends and tabs stay. */
export function printableLines(text: string): string {
  return text.replace(UNPRINTABLE, (character) =>
    character === '\n' || character === '\t' ? character : escaped(character),
  );
}

/** One line of at most `most` characters. */
export function clipped(text: string, most = 60): string {
  const line = printable(text.slice(0, most));
  return text.length > most || line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
