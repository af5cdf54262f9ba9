/** A board's template, checked, and what goes out by it: template-file.ts reads one. */
import { type ChecksumKind, checksum, checksumBits } from './checksum.js';
import { asCode, type CodeBits, type FieldValues, type Format, type Speech, writeFormat } from './format.js';

export interface TemplateCommand {
  readonly send: Format;
  /** Of one element, for {each}; null where the command is of one element, or of none. */
  readonly each: Format | null;
  readonly between: string;
  /** Whether it comes once per element. */
  readonly isPerElement: boolean;
  /** What a good answer is, and what it means; null where the board does not answer. */
  readonly ok: Format | null;
  readonly means: 'received' | 'applied';
}

interface TemplateError {
  readonly answer: Format;
  readonly meaning: string;
  readonly when: 'unknown' | 'checksum' | 'range' | null;
}

export interface Template extends CodeBits {
  readonly model: string;
  readonly serialNumber: string | null;
  readonly numElements: number;
  /** What the board calls each element, shape [numElements]. */
  readonly wiring: readonly number[];
  readonly speaks: Speech;
  readonly baud: number;
  readonly ending: string;
  readonly answerEnding: string;
  readonly checksum: {
    readonly kind: ChecksumKind;
    readonly from: number;
    readonly after: string;
    readonly as: 'hex' | 'HEX' | 'u8' | 'u16le' | 'u16be';
    readonly answers: boolean;
  } | null;
  readonly answers: {
    readonly errors: readonly TemplateError[];
    readonly timeoutS: number;
    readonly retries: number;
  } | null;
  readonly hello: { readonly send: Format; readonly answer: Format } | null;
  readonly write: TemplateCommand | null;
  readonly table: {
    readonly depth: number;
    readonly first: number;
    readonly store: TemplateCommand;
    readonly select: TemplateCommand;
  } | null;
  readonly apply: TemplateCommand | null;
  readonly trigger: {
    readonly line: 'rts' | 'dtr';
    readonly isActiveOn: boolean;
    readonly pulseS: number;
  } | null;
  readonly mute: TemplateCommand | null;
  readonly unmute: TemplateCommand | null;
  readonly timing: {
    readonly warmUpS: number;
    readonly answerS: number;
    readonly gapS: number;
    readonly settleS: number;
  };
}

/** A command as it goes out, checksum and ending included. */
export function framed(template: Template, body: string): string {
  return withChecksum(template, body) + (template.speaks === 'text' ? template.ending : '');
}

export function withChecksum({ checksum: sum }: Template, body: string): string {
  return sum === null ? body : body + sum.after + checksumText(sum, body);
}

export function checksumText(sum: NonNullable<Template['checksum']>, body: string): string {
  const value = checksum(sum.kind, Buffer.from(body, 'latin1').subarray(sum.from));
  return asCode(sum.as, value, checksumBits(sum.kind) / 4);
}

/** Codes of all elements, shape [numElements] each; of boards without amplitudes all radiate fully. */
export interface Codes {
  readonly phaseCode: ArrayLike<number>;
  readonly amplitudeCode: ArrayLike<number> | null;
}

/** What a command of a codeword, or of none, is sent as: one text, or one for each element. */
export function commandTexts(
  template: Template,
  command: TemplateCommand,
  codes: Codes | null,
  index?: number,
): string[] {
  const { numElements, wiring } = template;
  const valuesOf = (n: number): FieldValues => ({
    element: wiring[n]!,
    phase: codes?.phaseCode[n] ?? 0,
    amplitude: codes?.amplitudeCode?.[n] ?? 0,
    ...(index !== undefined && { index }),
  });
  if (command.isPerElement) {
    return Array.from({ length: numElements }, (_, n) => writeFormat(command.send, valuesOf(n), template));
  }
  const each =
    command.each === null
      ? ''
      : Array.from({ length: numElements }, (_, n) => writeFormat(command.each!, valuesOf(n), template)).join(
          command.between,
        );
  return [writeFormat(command.send, index === undefined ? {} : { index }, template, each)];
}
