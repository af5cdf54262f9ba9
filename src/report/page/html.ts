/**
 * HTML that cannot be injected into: whatever goes into a template is escaped, unless it is itself a piece of HTML from
 * here. Names in a recording come from files and from the network.
 */

export class Html {
  constructor(readonly markup: string) {}
  toString(): string {
    return this.markup;
  }
}

type Part = Html | string | number | null | undefined | false | readonly Part[];

/** Pieces of text longer than this are cut: nobody reads on, and a page must stay a page. */
const LONGEST_TEXT = 400;

/**
 * Text from outside, fit to be shown: what XML forbids or what turns the reading direction becomes U+FFFD, and it is cut to
 * `longest` characters.
 */
export function shown(text: string, longest = LONGEST_TEXT): string {
  const clean = text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]|\p{Cs}/gu,
    '\ufffd',
  );
  const letters = [...clean];
  return letters.length > longest ? `${letters.slice(0, longest - 1).join('')}…` : clean;
}

export function escapeMarkup(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function render(part: Part): string {
  if (part instanceof Html) return part.markup;
  if (Array.isArray(part)) return part.map(render).join('');
  if (part === null || part === undefined || part === false) return '';
  return escapeMarkup(shown(String(part), 20_000));
}

/** Template of HTML; what is put in is escaped. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((text, literal, k) => text + render(parts[k - 1]) + literal));
}

/** Markup that somebody else has made safe (figures). */
export function trusted(markup: string): Html {
  return new Html(markup);
}
