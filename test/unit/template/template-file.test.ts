/** Templates of boards: what is refused names line and key, and what is written is read back as it was. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Matcher } from '../../../drivers/template/match.js';
import { commandTexts, framed } from '../../../drivers/template/template.js';
import { parseTemplate } from '../../../drivers/template/template-file.js';
import { BeamloopError } from '../../../src/core/errors.js';

const TEXT = readFileSync('scenarios/boards/text-board.yaml', 'utf8');

function complaint(text: string): string {
  try {
    parseTemplate(text, 'b.yaml');
  } catch (error) {
    if (error instanceof BeamloopError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'accepted';
}

const changed = (from: string, to: string) => {
  expect(TEXT).toContain(from);
  return complaint(TEXT.replace(from, to));
};

describe('a template', () => {
  it('that comes with beamloop is read', () => {
    const template = parseTemplate(TEXT, 'b.yaml');
    expect(template).toMatchObject({ numElements: 8, phaseBits: 6, wiring: [1, 2, 3, 4, 5, 6, 7, 8] });
    const codes = { phaseCode: [0, 1, 63, 10, 0, 0, 0, 0], amplitudeCode: [31, 31, 0, 31, 31, 31, 31, 31] };
    expect(framed(template, commandTexts(template, template.write!, codes)[0]!)).toBe(
      'SET 001F,011F,3F00,0A1F,001F,001F,001F,001F\r\n',
    );
  });

  it.each([
    ['phaseBits: 6', 'phaseBit: 6', /b\.yaml:5.*Did you mean 'phaseBits'/],
    ['speaks: text', 'speaks: words', /b\.yaml:8, speaks.*It may be: text, bytes/],
    [
      '{phase:02X}{amplitude:02X}',
      '{fase:02X}{amplitude:02X}',
      /\{fase\}; here there are \{element\}, \{phase\}, \{amplitude\} \(b\.yaml:25, write\.each\)/,
    ],
    ['send: "LATCH"', 'send: "LATCH {index}"', /\{index\}; here there are none \(b\.yaml:\d+, apply\.send\)/],
    ['{phase:02X}{amplitude:02X}', '{phase:deg.0}{amplitude:02X}', /accepted/],
    ['{phase:02X}{amplitude:02X}', '{phase:u8}{amplitude:02X}', /:u8.*:02X.*b\.yaml:25/],
    ['{phase:02X}{amplitude:02X}', '{amplitude:02X}', /needs \{phase\}/],
    ['{phase:02X}{amplitude:02X}', '{phase:02X}', /needs \{amplitude\}/],
    ['send: "SET {each}"', 'send: "SET {each} {phase}"', /choose one/],
    ['send: "SET {each}"', 'send: "SET"', /needs \{each\}/],
    ['unmute: "RF ON"', '', /unmute.*is missing: mute and unmute go together/],
    ['apply: {', 'trigger: { line: rts }\napply: {', /trigger.*does not go with 'apply'/],
    ['elements: 8', 'elements: 8\nwiring: [1, 2, 3]', /wiring.*lists 3 elements, and there are 8/],
    ['elements: 8', 'elements: 2\nwiring: [1, 1]', /names an element twice/],
    [
      'write:\n',
      'table: { depth: 4, store: "M {index} {element} {phase} {amplitude}", select: "G {index}" }\nwrite:\n',
      /write.*does not go with 'table'/,
    ],
    ['ok: "OK"', 'ok: "OK {oops}"', /\{oops\}/],
    ['timeout: 60 ms', 'timeout: 60', /timeout.*60 s|60 ms/],
    ['template: 1', 'template: 2', /must be 1/],
    ['baud: 115200', 'checksum: { kind: crc16-modbus, as: u8 }', /no way to write it in text/],
    ['answer: "{model},{serial},{firmware}"', 'answer: "{model}"', /\('ok'\).*hello\.answer/],
    ['ending: "\\r\\n"', "ending: '\\r\\n'", /double quotes/],
    ['"ERR 1"', '"ERR }"', /single '\}'/],
  ])('with %s as %s is met with what helps', (from, to, wanted) => {
    expect(changed(from, to)).toMatch(wanted);
  });

  it('that cannot tell its codes apart is refused', () => {
    const fine = TEXT.replace('phaseBits: 6', 'phaseBits: 10').replace('{phase:02X}', '{phase:deg.0}');
    expect(complaint(fine)).toMatch(/cannot tell the 1024 phase codes apart/);
    const bytes = `template: 1\nelements: 300\nphaseBits: 6\nspeaks: bytes\nwrite: "A5 {element:u8} {phase:u8}"\n`;
    expect(complaint(bytes)).toMatch(/cannot write 300 as \{element\}: it takes up to 255/);
    expect(complaint(bytes.replace('A5', 'A5F'))).toMatch(/'A5F', which is no byte/);
  });

  it('is told from other files', () => {
    expect(complaint('slots: { duration: 1 ms }\nusers: []\nscheme: dpc\n')).toMatch(
      /This is a scenario; a board template is wanted/,
    );
    expect(complaint('')).toMatch(/empty/);
    expect(complaint('a, b\n1, 2\n')).toMatch(/SCENARIO_INVALID/);
  });
});

const FORMS = {
  text: ['d', '05d', 'x', '04X', 'deg.3'],
  bytes: ['u16le', 'u16be'],
} as const;

it('reads back every code that it writes, whatever the form', () => {
  const any = fc.constantFrom(
    ...FORMS.text.map((form) => ['text', form] as const),
    ...FORMS.bytes.map((form) => ['bytes', form] as const),
  );
  fc.assert(
    fc.property(
      any,
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 0, max: 4095 }),
      ([speaks, form], phaseBits, drawn) => {
        const code = drawn % 2 ** phaseBits;
        const element = speaks === 'text' ? '{element}' : '{element:u8}';
        const write = speaks === 'text' ? `P ${element} {phase:${form}}` : `A5 ${element} {phase:${form}}`;
        const text = `template: 1\nelements: 2\nphaseBits: ${phaseBits}\nspeaks: ${speaks}\nwrite: "${write}"\n`;
        const template = parseTemplate(text, 'b.yaml');
        const sent = commandTexts(template, template.write!, {
          phaseCode: [0, code],
          amplitudeCode: null,
        })[1]!;
        const read = new Matcher(template.write!.send, template).whole(sent);
        expect(read).toEqual([
          ['element', 2],
          ['phase', code],
        ]);
      },
    ),
  );
});
