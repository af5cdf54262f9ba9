/** Reads what a format describes: answers at the host, commands at the emulated board. */
import type { CodeBits, FieldForm, FieldName, Format, FormatPart } from './format.js';

/** What placeholders held, in their order. */
export type Read = readonly (readonly [name: FieldName, value: string | number])[];

export class Matcher {
  readonly #pattern: RegExp;
  readonly #fields: readonly Extract<FormatPart, { kind: 'field' }>[];
  readonly #bits: CodeBits;

  /** @param each of one element, `count` of which, with `between` them, stand for {each}. */
  constructor(
    format: Format,
    bits: CodeBits,
    each: { readonly format: Format; readonly between: string; readonly count: number } | null = null,
  ) {
    const all = format.flatMap((part): Format => {
      if (part.kind !== 'each' || each === null) return [part];
      const between: FormatPart = { kind: 'literal', text: each.between };
      return Array.from({ length: each.count }, (_, k) =>
        k === 0 ? each.format : [between, ...each.format],
      ).flat();
    });
    this.#bits = bits;
    this.#fields = all.filter((part) => part.kind === 'field');
    this.#pattern = new RegExp(`^${all.map(patternOf).join('')}`, 's');
  }

  /** The beginning of `text` that it matches, and what it held; null where it does not. */
  at(text: string): { readonly length: number; readonly read: Read } | null {
    const match = this.#pattern.exec(text);
    if (match === null) return null;
    const read = this.#fields.map(({ name, form }, k) => [name, this.#value(match[k + 1]!, form)] as const);
    return { length: match[0].length, read };
  }

  /** What all of `text` held; null where it is something else. */
  whole(text: string): Read | null {
    const match = new RegExp(`${this.#pattern.source}$`, 's').exec(text);
    return (
      match && this.#fields.map(({ name, form }, k) => [name, this.#value(match[k + 1]!, form)] as const)
    );
  }

  #value(text: string, form: FieldForm): string | number {
    const { phaseBits, amplitudeBits } = this.#bits;
    switch (form.kind) {
      case 'decimal':
        return Number(text);
      case 'hex':
      case 'HEX':
        return Number.parseInt(text, 16);
      case 'degrees':
        // Rounded up to a full turn it is none.
        return Math.round((Number(text) / 360) * 2 ** phaseBits) % 2 ** phaseBits;
      case 'relative':
        return Math.round(Number(text) * (2 ** amplitudeBits - 1));
      case 'u8':
        return text.charCodeAt(0);
      case 'u16le':
        return text.charCodeAt(0) + 256 * text.charCodeAt(1);
      case 'u16be':
        return 256 * text.charCodeAt(0) + text.charCodeAt(1);
      case 'text':
        return text;
    }
  }
}

function patternOf(part: FormatPart): string {
  if (part.kind === 'literal')
    return part.text.replace(/[^A-Za-z0-9]/gs, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
  if (part.kind === 'each') return '';
  const { form } = part;
  switch (form.kind) {
    case 'decimal':
      return form.width > 0 ? `(\\d{${form.width},9})` : '(\\d{1,9})';
    case 'hex':
    case 'HEX':
      return form.width > 0 ? `([0-9A-Fa-f]{${form.width}})` : '([0-9A-Fa-f]{1,7})';
    case 'degrees':
    case 'relative':
      return '(\\d{1,4}(?:\\.\\d{1,6})?)';
    case 'u8':
      return '(.)';
    case 'u16le':
    case 'u16be':
      return '(..)';
    case 'text':
      return form.length === null ? '([^\\r\\n]*?)' : `(.{${form.length}})`;
  }
}
