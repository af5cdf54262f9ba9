/** Reads the commands of a template: their formats, and whether these say what they must. */
import type { z } from 'zod';
import {
  type CodeBits,
  type FieldName,
  type Format,
  FormatError,
  lengthOf,
  mostOf,
  parseFormat,
  tellsCodesApart,
} from './format.js';
import type { TemplateCommand } from './template.js';
import type { CommandSection, TemplateSection } from './template-schema.js';

const OF_ELEMENT = ['element', 'phase', 'amplitude'] as const;

export class CommandReader {
  readonly #given: TemplateSection;
  readonly #context: z.core.$RefinementCtx;
  readonly #bits: CodeBits;
  isSound = true;

  constructor(given: TemplateSection, context: z.core.$RefinementCtx) {
    this.#given = given;
    this.#context = context;
    this.#bits = given;
  }

  complain(path: readonly PropertyKey[], message: string, todo?: string): void {
    this.isSound = false;
    this.#context.addIssue({
      code: 'custom',
      path: [...path],
      message,
      ...(todo !== undefined && { params: { todo } }),
    });
  }

  format(text: string, allowed: readonly FieldName[], path: readonly PropertyKey[]): Format {
    try {
      const format = parseFormat(text, this.#given.speaks, allowed);
      this.#checkReach(format, path);
      return format;
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      this.complain(path, error.message);
      return [];
    }
  }

  /** @param fields beside those of an element. */
  command(
    given: CommandSection | undefined,
    key: string | readonly PropertyKey[],
    { ofCodeword, index = false }: { readonly ofCodeword: boolean; readonly index?: boolean },
  ): TemplateCommand | null {
    if (given === undefined) return null;
    const path = typeof key === 'string' ? [key] : key;
    const whole = typeof given === 'string' ? { send: given, between: '' } : given;
    const { send, each, ok, means } = { each: undefined, ok: undefined, means: undefined, ...whole };
    const at = typeof given === 'string' ? path : [...path, 'send'];
    const fields: FieldName[] = [
      ...(ofCodeword ? [...OF_ELEMENT, 'each' as const] : []),
      ...(index ? ['index' as const] : []),
    ];
    const format = this.format(send, fields, at);
    const has = (name: FieldName) =>
      format.some((part) => (part.kind === 'field' ? part.name : part.kind) === name);
    const isPerElement = OF_ELEMENT.some(has);
    const eachFormat = each === undefined ? null : this.format(each, OF_ELEMENT, [...path, 'each']);
    const broken = {
      send: format,
      each: eachFormat,
      between: '',
      isPerElement,
      ok: null,
      means: 'received',
    } as const;
    // One complaint is enough for a format that could not be read.
    if (format.length === 0 || eachFormat?.length === 0) return broken;
    if (has('each') !== (each !== undefined)) {
      this.complain(
        at,
        has('each')
          ? "has {each}, and 'each' is missing"
          : "needs {each} where each element's part is to stand",
      );
    }
    if (has('each') && isPerElement)
      this.complain(at, 'has {each} and placeholders of one element; choose one');
    if (index && !has('index')) this.complain(at, 'needs {index}, the place in the table');
    if (ofCodeword)
      this.#checkCodes(eachFormat ?? format, isPerElement, each === undefined ? at : [...path, 'each']);
    const { answers } = this.#given;
    if (answers === undefined && (ok !== undefined || means !== undefined)) {
      this.complain(path, "has 'ok' or 'means', and the template has no 'answers'");
    }
    const echo: FieldName[] = [
      ...(isPerElement ? OF_ELEMENT : []),
      ...(index ? ['index' as const] : []),
      'any',
    ];
    const okText = ok ?? answers?.ok;
    return {
      send: format,
      each: eachFormat,
      between: this.#betweenOf(whole.between, path),
      isPerElement,
      ok:
        okText === undefined
          ? null
          : this.#answer(okText, echo, ok === undefined ? ['answers', 'ok'] : [...path, 'ok']),
      means: means ?? answers?.means ?? 'received',
    };
  }

  #betweenOf(between: string, path: readonly PropertyKey[]): string {
    const [part] = between === '' ? [] : this.format(between, [], [...path, 'between']);
    return part?.kind === 'literal' ? part.text : '';
  }

  /** What is not echoed by a command may stand in the answers that all share. */
  #answer(text: string, echo: readonly FieldName[], path: readonly PropertyKey[]): Format {
    const shared: readonly FieldName[] = path[0] === 'answers' ? [...OF_ELEMENT, 'index', 'any'] : echo;
    const format = this.format(text, shared, path);
    return format.map((part) => {
      if (part.kind !== 'field' || echo.includes(part.name)) return part;
      return { kind: 'field', name: 'any', form: { kind: 'text', length: lengthOf(part.form) } };
    });
  }

  #checkCodes(format: Format, isPerElement: boolean, path: readonly PropertyKey[]): void {
    const names = format.map((part) => (part.kind === 'field' ? part.name : ''));
    if (!names.includes('phase')) this.complain(path, 'needs {phase}');
    if (this.#bits.amplitudeBits > 0 && !names.includes('amplitude')) {
      this.complain(
        path,
        'needs {amplitude}, for there are amplitudeBits',
        'Set amplitudeBits to 0 where elements have none',
      );
    }
    if (this.#bits.amplitudeBits === 0 && names.includes('amplitude'))
      this.complain(path, 'has {amplitude}, and amplitudeBits is 0');
    if (isPerElement && !names.includes('element'))
      this.complain(path, 'needs {element}: it is sent once per element');
  }

  /** Every number fits its placeholder, and no two codes are written alike. */
  #checkReach(format: Format, path: readonly PropertyKey[]): void {
    const { phaseBits, amplitudeBits, table, elements, firstElement, wiring } = this.#given;
    const lastElement = wiring === undefined ? firstElement + elements - 1 : Math.max(...wiring);
    const lastIndex = table === undefined ? 0 : table.first + table.depth - 1;
    for (const part of format) {
      if (part.kind !== 'field') continue;
      const { name, form } = part;
      if (name === 'phase' && !tellsCodesApart(form, 2 ** phaseBits, this.#bits)) {
        this.complain(
          path,
          `cannot tell the ${2 ** phaseBits} phase codes apart as {phase} is written`,
          'Write it with more digits, or wider',
        );
      }
      if (
        name === 'amplitude' &&
        amplitudeBits > 0 &&
        !tellsCodesApart(form, 2 ** amplitudeBits, this.#bits)
      ) {
        this.complain(
          path,
          `cannot tell the ${2 ** amplitudeBits} amplitude codes apart as {amplitude} is written`,
          'Write it with more digits, or wider',
        );
      }
      const most = name === 'element' ? lastElement : name === 'index' ? lastIndex : 0;
      if (most > mostOf(form))
        this.complain(path, `cannot write ${most} as {${name}}: it takes up to ${mostOf(form)}`);
    }
  }
}
