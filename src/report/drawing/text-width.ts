/**
 * Width of text without a browser. Nobody knows here which font the reader has, so letters are as wide as in the widest of
 * the usual interface fonts (DejaVu Sans): layouts then leave room rather than overlap.
 */
const NARROW = new Set("iIjl.,:;'|! ()[]ftr");
const WIDE = new Set('mwMWQ@%—…');

/** Width of one line, px. */
export function textWidthPx(text: string, fontPx = 12): number {
  let em = 0;
  for (const letter of text) {
    if (NARROW.has(letter)) em += 0.4;
    else if (WIDE.has(letter)) em += 0.98;
    else if (/\p{Lu}/u.test(letter)) em += 0.72;
    else if (letter.codePointAt(0)! > 0x2e80) em += 1.05;
    else em += 0.64;
  }
  return em * fontPx;
}

/** As ECharts asks for it: with a CSS font such as `600 12px system-ui`. */
export function measureText(text: string, font?: string): { width: number } {
  const fontPx = Number(/(\d+(?:\.\d+)?)px/.exec(font ?? '')?.[1] ?? 12);
  return { width: textWidthPx(text, fontPx) };
}
