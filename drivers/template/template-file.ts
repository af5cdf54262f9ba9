/** Reads the file of a board's template: every complaint names line and key, and of an unknown key the nearest known one. */
import { z } from 'zod';
import { parseSettings } from '../../src/core/settings-file.js';
import { checksumBits } from './checksum.js';
import { writeFormat } from './format.js';
import { Matcher } from './match.js';
import type { Template } from './template.js';
import { CommandReader } from './template-commands.js';
import { type TemplateSection, templateSchema } from './template-schema.js';

/**
 * Reads a template.
 *
 * @param file what complaints call it.
 * @throws FILE_UNREADABLE for what is no YAML, SCENARIO_INVALID, which names line, key and the nearest key.
 */
export function parseTemplate(text: string, file: string): Template {
  return parseSettings(text, checkedTemplate, file, 'board template');
}

const checkedTemplate = templateSchema.transform((given, context): Template => {
  const reader = new CommandReader(given, context);
  const { elements, firstElement, answers, hello, table, trigger, timing, speaks } = given;
  const wiring = given.wiring ?? Array.from({ length: elements }, (_, n) => firstElement + n);
  checkKeys(given, reader);
  const codeword = { ofCodeword: true };
  const plain = { ofCodeword: false };
  const store = reader.command(table?.store, ['table', 'store'], { ofCodeword: true, index: true });
  const select = reader.command(table?.select, ['table', 'select'], { ofCodeword: false, index: true });
  const template: Template = {
    model: given.model,
    serialNumber: given.serialNumber ?? null,
    numElements: elements,
    phaseBits: given.phaseBits,
    amplitudeBits: given.amplitudeBits,
    wiring,
    speaks,
    baud: given.baud,
    ending: given.ending ?? '\n',
    answerEnding: given.answerEnding ?? given.ending ?? '\n',
    checksum:
      given.checksum === undefined
        ? null
        : {
            ...given.checksum,
            as:
              given.checksum.as ??
              (speaks === 'text' ? 'HEX' : checksumBits(given.checksum.kind) === 8 ? 'u8' : 'u16be'),
          },
    answers:
      answers === undefined
        ? null
        : {
            errors: answers.errors.map(({ answer, meaning, when = null }, k) => ({
              answer: reader.format(answer, ['any'], ['answers', 'errors', k, 'answer']),
              meaning,
              when,
            })),
            timeoutS: answers.timeout,
            retries: answers.retries,
          },
    hello:
      hello === undefined
        ? null
        : {
            send: reader.format(hello.send, [], ['hello', 'send']),
            answer: reader.format(hello.answer, ['model', 'serial', 'firmware', 'any'], ['hello', 'answer']),
          },
    write: reader.command(given.write, 'write', codeword),
    table:
      table === undefined ? null : { depth: table.depth, first: table.first, store: store!, select: select! },
    apply: reader.command(given.apply, 'apply', plain),
    trigger:
      trigger === undefined
        ? null
        : { line: trigger.line, isActiveOn: trigger.active === 'on', pulseS: trigger.pulse },
    mute: reader.command(given.mute, 'mute', plain),
    unmute: reader.command(given.unmute, 'unmute', plain),
    timing: { warmUpS: timing.warmUp, answerS: timing.answer, gapS: timing.gap, settleS: timing.settle },
  };
  if (reader.isSound) checkGreeting(template, reader);
  return reader.isSound ? template : z.NEVER;
});

/** What keys ask of one another. */
function checkKeys(given: TemplateSection, reader: CommandReader): void {
  const { elements, wiring, speaks, checksum: sum, write, table, apply, trigger, mute, unmute } = given;
  if (wiring !== undefined && wiring.length !== elements) {
    reader.complain(['wiring'], `lists ${wiring.length} elements, and there are ${elements}`);
  }
  if (wiring !== undefined && new Set(wiring).size < wiring.length)
    reader.complain(['wiring'], 'names an element twice');
  if (speaks === 'bytes') {
    for (const key of ['ending', 'answerEnding'] as const) {
      if (given[key] !== undefined) reader.complain([key], 'is of text; this board speaks bytes');
    }
  }
  const form = sum?.as;
  if (sum !== undefined && form !== undefined) {
    const isOfText = form === 'hex' || form === 'HEX';
    if (isOfText !== (speaks === 'text'))
      reader.complain(['checksum', 'as'], `is no way to write it in ${speaks}`);
    else if (!isOfText && (form === 'u8') !== (checksumBits(sum.kind) === 8)) {
      reader.complain(['checksum', 'as'], `does not hold the ${checksumBits(sum.kind)} bits of ${sum.kind}`);
    }
  }
  for (const key of ['ending', 'answerEnding'] as const) {
    // As '\\r\\n' is read.
    if (/\\[rn0]/.test(given[key] ?? '')) {
      reader.complain([key], 'holds a backslash and a letter', 'Write it in double quotes: "\\r\\n"');
    }
  }
  if ((write === undefined) === (table === undefined)) {
    reader.complain(
      ['write'],
      write === undefined ? 'is missing, and so is a table' : "does not go with 'table'; choose one",
      'Say how codes are written (write), or how they are stored and selected (table)',
    );
  }
  if (apply !== undefined && trigger !== undefined)
    reader.complain(['trigger'], "does not go with 'apply'; choose one");
  if ((mute === undefined) !== (unmute === undefined)) {
    const missing = mute === undefined ? 'mute' : 'unmute';
    reader.complain([missing], 'is missing: mute and unmute go together');
  }
}

/** Its answer puts the line in step after answers that came late: it must not pass for one of theirs. */
function checkGreeting(
  { hello, write, table, speaks, phaseBits, amplitudeBits }: Template,
  reader: CommandReader,
): void {
  const ok = (write ?? table?.select)?.ok ?? null;
  if (hello === null || ok === null) return;
  const matcher = new Matcher(hello.answer, { phaseBits, amplitudeBits });
  const zeros = { element: 0, phase: 0, amplitude: 0, index: 0 };
  const sample = ok
    .map((part) =>
      part.kind === 'field' && part.form.kind === 'text'
        ? '\0'.repeat(part.form.length ?? 0)
        : writeFormat([part], zeros, { phaseBits, amplitudeBits }),
    )
    .join('');
  const isTaken = speaks === 'text' ? matcher.whole(sample) !== null : matcher.at(sample) !== null;
  if (!isTaken) return;
  reader.complain(
    ['hello', 'answer'],
    "would take a good answer to another command ('ok') for its own",
    'Write what only this answer has, or leave hello out',
  );
}
