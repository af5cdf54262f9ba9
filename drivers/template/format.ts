/**
 * Formats of commands and answers: text with placeholders such as `PH {element} {phase:02X}`, or bytes such as `A5 {element:u8} ??`.
 * A format is read once, written many times by the driver, and read back by the emulated board.
 */

export type Speech = 'text' | 'bytes';

export type FieldName =
  | 'element'
  | 'phase'
  | 'amplitude'
  | 'index'
  | 'model'
  | 'serial'
  | 'firmware'
  | 'any'
  | 'each';
/** Those that hold a number. */
type NumberField = 'element' | 'phase' | 'amplitude' | 'index';

/** How a number or a text is written. */
export type FieldForm =
  | { readonly kind: 'decimal' | 'hex' | 'HEX'; readonly width: number }
  /** Of a phase, in degrees; of an amplitude, from 0 to 1. */
  | { readonly kind: 'degrees' | 'relative'; readonly digits: number }
  /** In bytes. */
  | { readonly kind: 'u8' | 'u16le' | 'u16be' }
  | { readonly kind: 'text'; readonly length: number | null };

export type FormatPart =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'field'; readonly name: Exclude<FieldName, 'each'>; readonly form: FieldForm }
  | { readonly kind: 'each' };

/** Of characters that are bytes: a format's text is Latin-1 throughout. */
export type Format = readonly FormatPart[];

/** What is wrong with a format, in words. */
export class FormatError extends Error {}

/** @throws FormatError. */
export function parseFormat(text: string, speech: Speech, allowed: readonly FieldName[]): Format {
  return speech === 'text' ? parseText(text, allowed) : parseBytes(text, allowed);
}

function parseText(text: string, allowed: readonly FieldName[]): Format {
  const parts: FormatPart[] = [];
  const token = /\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+/g;
  for (const [all, inside] of text.matchAll(token)) {
    if (inside !== undefined) parts.push(fieldOf(inside, 'text', allowed));
    else if (all === '{' || all === '}')
      throw new FormatError(`has a single '${all}'; write '${all}${all}' for the character`);
    else parts.push({ kind: 'literal', text: latin1(all === '{{' || all === '}}' ? all[0]! : all) });
  }
  return joined(parts);
}

function parseBytes(text: string, allowed: readonly FieldName[]): Format {
  const parts: FormatPart[] = [];
  for (const token of text.match(/\{[^{}]*\}|\S+/g) ?? []) {
    if (token.startsWith('{') && token.endsWith('}'))
      parts.push(fieldOf(token.slice(1, -1), 'bytes', allowed));
    else if (token === '??') parts.push(fieldOf('any', 'bytes', allowed));
    else if (/^([0-9a-f]{2})+$/i.test(token))
      parts.push({ kind: 'literal', text: Buffer.from(token, 'hex').toString('latin1') });
    else
      throw new FormatError(`has '${token}', which is no byte in two hex digits, no placeholder and not ??`);
  }
  return joined(parts);
}

/** Bytes above 0xff there are none. */
function latin1(text: string): string {
  const beyond = [...text].find((character) => character.codePointAt(0)! > 0xff);
  if (beyond !== undefined) throw new FormatError(`has '${beyond}', which is no single byte in Latin-1`);
  return text;
}

function joined(parts: readonly FormatPart[]): Format {
  const out: FormatPart[] = [];
  for (const part of parts) {
    const last = out.at(-1);
    if (part.kind === 'literal' && last?.kind === 'literal')
      out[out.length - 1] = { kind: 'literal', text: last.text + part.text };
    else out.push(part);
  }
  return out;
}

function fieldOf(inside: string, speech: Speech, allowed: readonly FieldName[]): FormatPart {
  const [name, spec] = inside.split(':', 2) as [string, string | undefined];
  if (!(allowed as readonly string[]).includes(name)) {
    const known = allowed.length === 0 ? 'none' : allowed.map((each) => `{${each}}`).join(', ');
    throw new FormatError(`has the placeholder {${name}}; here there are ${known}`);
  }
  if (name === 'each') return { kind: 'each' };
  const field = name as Exclude<FieldName, 'each'>;
  const form = formOf(field, spec, speech);
  if (form === null)
    throw new FormatError(`has {${inside}}, whose ':${spec ?? ''}' says nothing here; ${FORMS[speech]}`);
  return { kind: 'field', name: field, form };
}

const FORMS = {
  text: 'numbers are written :d, :03d, :x, :02X; phases also :deg, :deg.1, amplitudes also :rel.3',
  bytes: 'numbers are :u8, :u16le or :u16be, texts :t and their length, such as :t4',
} as const;

function isNumber(name: FieldName): name is NumberField {
  return name === 'element' || name === 'phase' || name === 'amplitude' || name === 'index';
}

function formOf(
  name: Exclude<FieldName, 'each'>,
  spec: string | undefined,
  speech: Speech,
): FieldForm | null {
  if (!isNumber(name)) {
    const length = /^t([1-9]\d?)$/.exec(spec ?? '')?.[1];
    if (length !== undefined) return { kind: 'text', length: Number(length) };
    if (spec !== undefined) return null;
    // Nobody knows where a text ends among bytes; one that is not read is a byte.
    if (speech === 'bytes') return name === 'any' ? { kind: 'text', length: 1 } : null;
    return { kind: 'text', length: null };
  }
  if (speech === 'bytes')
    return spec === 'u8' || spec === 'u16le' || spec === 'u16be' ? { kind: spec } : null;
  const [, width = '', letter] = /^(?:0([1-9]))?([dxX])$/.exec(spec ?? 'd') ?? [];
  if (letter !== undefined)
    return { kind: letter === 'd' ? 'decimal' : letter === 'x' ? 'hex' : 'HEX', width: Number(width) };
  const [, unit, digits = '3'] = /^(deg|rel)(?:\.([0-6]))?$/.exec(spec ?? '') ?? [];
  if (unit === 'deg' && name === 'phase') return { kind: 'degrees', digits: Number(digits) };
  if (unit === 'rel' && name === 'amplitude') return { kind: 'relative', digits: Number(digits) };
  return null;
}

/** Codes have so many bits. */
export interface CodeBits {
  readonly phaseBits: number;
  readonly amplitudeBits: number;
}

export type FieldValues = Readonly<Partial<Record<NumberField, number>>>;

/** @param each what stands for {each}, as characters. */
export function writeFormat(format: Format, values: FieldValues, bits: CodeBits, each = ''): string {
  let out = '';
  for (const part of format) {
    if (part.kind === 'literal') out += part.text;
    else if (part.kind === 'each') out += each;
    else if (isNumber(part.name)) out += writeNumber(values[part.name]!, part.form, bits);
  }
  return out;
}

function writeNumber(value: number, form: FieldForm, { phaseBits, amplitudeBits }: CodeBits): string {
  switch (form.kind) {
    case 'decimal':
      return String(value).padStart(form.width, '0');
    case 'degrees':
      return ((360 * value) / 2 ** phaseBits).toFixed(form.digits);
    case 'relative':
      return (value / (2 ** amplitudeBits - 1)).toFixed(form.digits);
    case 'text':
      return '';
    case 'hex':
    case 'HEX':
      return asCode(form.kind, value, form.width);
    default:
      return asCode(form.kind, value);
  }
}

/** A whole number in hex digits, at least so many, or as bytes. */
export function asCode(kind: 'hex' | 'HEX' | 'u8' | 'u16le' | 'u16be', value: number, digits = 0): string {
  switch (kind) {
    case 'hex':
      return value.toString(16).padStart(digits, '0');
    case 'HEX':
      return value.toString(16).toUpperCase().padStart(digits, '0');
    case 'u8':
      return String.fromCharCode(value);
    case 'u16le':
      return String.fromCharCode(value & 0xff, value >> 8);
    case 'u16be':
      return String.fromCharCode(value >> 8, value & 0xff);
  }
}

/** The largest number that a form can hold; Infinity where it grows. */
export function mostOf(form: FieldForm): number {
  if (form.kind === 'u8') return 0xff;
  return form.kind === 'u16le' || form.kind === 'u16be' ? 0xffff : Number.POSITIVE_INFINITY;
}

/** Whether different codes are written differently. */
export function tellsCodesApart(form: FieldForm, numCodes: number, bits: CodeBits): boolean {
  if (form.kind !== 'degrees' && form.kind !== 'relative') return numCodes - 1 <= mostOf(form);
  const written = new Set(Array.from({ length: numCodes }, (_, code) => writeNumber(code, form, bits)));
  return written.size === numCodes;
}

/** Characters that a form always has; null where that depends. */
export function lengthOf(form: FieldForm): number | null {
  if (form.kind === 'text') return form.length;
  if (form.kind === 'u8') return 1;
  return form.kind === 'u16le' || form.kind === 'u16be' ? 2 : null;
}
