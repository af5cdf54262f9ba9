/** Finds answers among the bytes that a board sends: lines of text, or patterns of bytes. What is none of them is counted. */
import type { Format, FormatPart } from '../../template/format.js';
import { lengthOf } from '../../template/format.js';
import { Matcher, type Read } from '../../template/match.js';
import { checksumText, type Template } from '../../template/template.js';

/** A board that sends more without an end sends none. */
const MOST_LINE = 4096;

/** One of the answers that may come. */
export interface Expected<T> {
  readonly format: Format;
  /** What it means; null where it is not the answer to what was asked. */
  readonly meaning: (read: Read) => T | null;
}

export class AnswerReader {
  readonly #template: Template;
  readonly #matchers = new WeakMap<Format, Matcher>();
  /** As Latin-1. */
  #buffer = '';
  /** Bytes or lines that were no answers. */
  numGarbled = 0;

  constructor(template: Template) {
    this.#template = template;
  }

  push(bytes: Uint8Array): void {
    this.#buffer += Buffer.from(bytes).toString('latin1');
    if (this.#buffer.length <= MOST_LINE) return;
    this.#buffer = this.#buffer.slice(-MOST_LINE);
    this.numGarbled++;
  }

  clear(): void {
    this.#buffer = '';
  }

  /** What has come and was not read, for messages. */
  get unread(): string {
    return this.#buffer;
  }

  /** The first answer that is one of these; null while none has come. */
  next<T>(expected: readonly Expected<T>[]): T | null {
    return this.#template.speaks === 'text' ? this.#nextLine(expected) : this.#nextBytes(expected);
  }

  #nextLine<T>(expected: readonly Expected<T>[]): T | null {
    const { answerEnding } = this.#template;
    for (;;) {
      const end = this.#buffer.indexOf(answerEnding);
      if (end < 0) return null;
      const line = this.#buffer.slice(0, end);
      this.#buffer = this.#buffer.slice(end + answerEnding.length);
      const body = this.#bodyOf(line);
      for (const { format, meaning } of body === null ? [] : expected) {
        const read = this.#matcher(format).whole(body!);
        const meant = read && meaning(read);
        if (meant !== null) return meant;
      }
      if (line !== '') this.numGarbled++;
    }
  }

  #matcher(format: Format): Matcher {
    const known = this.#matchers.get(format) ?? new Matcher(format, this.#template);
    this.#matchers.set(format, known);
    return known;
  }

  /** Without its checksum; null where that is wrong. */
  #bodyOf(line: string): string | null {
    const sum = this.#template.checksum;
    if (sum === null || !sum.answers) return line;
    const length = sum.after.length + checksumText(sum, '').length;
    const body = line.slice(0, -length);
    return line.length > length && line === body + sum.after + checksumText(sum, body) ? body : null;
  }

  #nextBytes<T>(expected: readonly Expected<T>[]): T | null {
    while (this.#buffer.length > 0) {
      for (const { format, meaning } of expected) {
        const match = this.#bytesAt(format);
        if (match === null) continue;
        this.#buffer = this.#buffer.slice(match.length);
        const meant = meaning(match.read);
        if (meant !== null) return meant;
        this.numGarbled++;
      }
      if (expected.some(({ format }) => this.#mayBegin(format))) return null;
      this.#buffer = this.#buffer.slice(1);
      this.numGarbled++;
    }
    return null;
  }

  #bytesAt(format: Format): { readonly length: number; readonly read: Read } | null {
    const match = this.#matcher(format).at(this.#buffer);
    const sum = this.#template.checksum;
    if (match === null || sum === null || !sum.answers) return match;
    const body = this.#buffer.slice(0, match.length);
    const tail = sum.after + checksumText(sum, body);
    return this.#buffer.startsWith(tail, match.length)
      ? { ...match, length: match.length + tail.length }
      : null;
  }

  /** Whether what is there is the beginning of such an answer and not all of it. */
  #mayBegin(format: Format): boolean {
    const sum = this.#template.checksum;
    const tailLength = sum === null || !sum.answers ? 0 : sum.after.length + checksumText(sum, '').length;
    const length = format.reduce((total, part) => total + partLength(part), tailLength);
    if (this.#buffer.length >= length) return false;
    let at = 0;
    for (const part of format) {
      if (at >= this.#buffer.length) return true;
      if (part.kind === 'literal') {
        const there = this.#buffer.slice(at, at + part.text.length);
        if (!part.text.startsWith(there)) return false;
      }
      at += partLength(part);
    }
    return true;
  }
}

function partLength(part: FormatPart): number {
  if (part.kind === 'literal') return part.text.length;
  return part.kind === 'field' ? (lengthOf(part.form) ?? 0) : 0;
}
