/** The commands that a template describes, as a board reads them: the template's formats are its specification. */
import type { Format } from '../../template/format.js';
import { lengthOf, writeFormat } from '../../template/format.js';
import { Matcher, type Read } from '../../template/match.js';
import { checksumText, type Template, type TemplateCommand } from '../../template/template.js';

export type CommandName = 'hello' | 'mute' | 'unmute' | 'apply' | 'select' | 'store' | 'write';

export interface HeardCommand {
  readonly name: CommandName;
  readonly read: Read;
  /** What it answers when all is well; null where it does not. */
  readonly ok: Format | null;
  readonly isPerElement: boolean;
}

interface Known {
  readonly name: CommandName;
  readonly matcher: Matcher;
  readonly ok: Format | null;
  readonly isPerElement: boolean;
}

export class TemplateCommands {
  readonly #template: Template;
  readonly #known: readonly Known[];
  #buffer = '';

  constructor(template: Template) {
    this.#template = template;
    const { hello, mute, unmute, apply, table, write } = template;
    const known: (Known | null)[] = [
      hello && {
        name: 'hello',
        matcher: new Matcher(hello.send, template),
        ok: hello.answer,
        isPerElement: false,
      },
      this.#of('mute', mute),
      this.#of('unmute', unmute),
      this.#of('apply', apply),
      this.#of('select', table?.select ?? null),
      this.#of('store', table?.store ?? null),
      this.#of('write', write),
    ];
    this.#known = known.filter((each) => each !== null);
  }

  /** Commands that these bytes complete; null stands for one that is none, `checksum` for one whose checksum is wrong. */
  push(bytes: Uint8Array): (HeardCommand | null | 'checksum')[] {
    this.#buffer += Buffer.from(bytes).toString('latin1');
    return this.#template.speaks === 'text' ? this.#lines() : this.#packets();
  }

  clear(): void {
    this.#buffer = '';
  }

  #of(name: CommandName, command: TemplateCommand | null): Known | null {
    if (command === null) return null;
    const { send, each, between, ok, isPerElement } = command;
    const list = each && { format: each, between, count: this.#template.numElements };
    return { name, matcher: new Matcher(send, this.#template, list), ok, isPerElement };
  }

  #lines(): (HeardCommand | null | 'checksum')[] {
    const { ending, checksum: sum } = this.#template;
    const heard: (HeardCommand | null | 'checksum')[] = [];
    for (;;) {
      const end = this.#buffer.indexOf(ending);
      if (end < 0) return heard;
      const line = this.#buffer.slice(0, end);
      this.#buffer = this.#buffer.slice(end + ending.length);
      const tail = sum === null ? 0 : sum.after.length + checksumText(sum, '').length;
      const body = line.slice(0, line.length - tail);
      if (sum !== null && line !== body + sum.after + checksumText(sum, body)) heard.push('checksum');
      else heard.push(this.#command((matcher) => matcher.whole(body)));
    }
  }

  /** A byte that begins no command is skipped; a checksum that is wrong ends the command all the same. */
  #packets(): (HeardCommand | null | 'checksum')[] {
    const { checksum: sum } = this.#template;
    const heard: (HeardCommand | null | 'checksum')[] = [];
    const tailLength = sum === null ? 0 : sum.after.length + checksumText(sum, '').length;
    for (let skipped = 0; skipped < this.#buffer.length; ) {
      const rest = this.#buffer.slice(skipped);
      let length = 0;
      const command = this.#command((matcher) => {
        const match = matcher.at(rest);
        if (match === null || rest.length < match.length + tailLength) return null;
        length = match.length;
        return match.read;
      });
      if (command === null) {
        skipped++;
        continue;
      }
      const body = rest.slice(0, length);
      const isRight = sum === null || rest.startsWith(sum.after + checksumText(sum, body), length);
      heard.push(isRight ? command : 'checksum');
      this.#buffer = rest.slice(length + tailLength);
      skipped = 0;
    }
    // Longer than any command: it is none.
    if (this.#buffer.length > MOST_BUFFERED) this.#buffer = '';
    return heard;
  }

  #command(read: (matcher: Matcher) => Read | null): HeardCommand | null {
    for (const { name, matcher, ok, isPerElement } of this.#known) {
      const found = read(matcher);
      if (found !== null) return { name, read: found, ok, isPerElement };
    }
    return null;
  }
}

const MOST_BUFFERED = 65_536;

/** An answer as a board writes it, without checksum: numbers as it read them, texts as it has them. */
export function answerText(
  format: Format,
  template: Template,
  read: Read,
  texts: Readonly<Record<string, string>>,
): string {
  const numbers = Object.fromEntries(read.filter(([, value]) => typeof value === 'number')) as Record<
    string,
    number
  >;
  return format
    .map((part) => {
      if (part.kind !== 'field' || part.form.kind !== 'text') return writeFormat([part], numbers, template);
      const text = texts[part.name] ?? '';
      const length = lengthOf(part.form);
      return length === null ? text : text.slice(0, length).padEnd(length, '\0');
    })
    .join('');
}
