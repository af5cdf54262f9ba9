/** Whatever bytes come, from boards or from hosts: nothing breaks, hangs or grows. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readContext } from '../../../drivers/boards/iio/iio-context.js';
import { AnswerReader } from '../../../drivers/boards/template/answer-reader.js';
import { Adar1000 } from '../../../drivers/emulator/own/iio/adar1000.js';
import { IiodSession } from '../../../drivers/emulator/own/iio/iiod-commands.js';
import { TemplateCommands } from '../../../drivers/emulator/own/template-commands.js';
import { parseTemplate } from '../../../drivers/template/template-file.js';

const TEMPLATES = ['text', 'bytes'].map((name) =>
  parseTemplate(readFileSync(`scenarios/boards/${name}-board.yaml`, 'utf8'), name),
);
/** Bytes of anything, and of what is nearly right. */
const chunks = fc.array(
  fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .constantFrom(
        'OK\r\n',
        'ERR 1\r\n',
        'SET 00',
        '\xa5\x10\x01',
        'WRITE iio:device0 OUTPUT voltage0 phase 3\r\n',
        'READ ',
        '\r\n',
        '12\0',
      )
      .map((text) => Uint8Array.from(Buffer.from(text, 'latin1'))),
  ),
  { maxLength: 30 },
);

it('answers are found in anything', () => {
  fc.assert(
    fc.property(chunks, (given) => {
      for (const template of TEMPLATES) {
        const reader = new AnswerReader(template);
        const formats = [
          template.write!.ok!,
          template.hello!.answer,
          ...template.answers!.errors.map(({ answer }) => answer),
        ];
        for (const chunk of given) {
          reader.push(chunk);
          while (reader.next(formats.map((format) => ({ format, meaning: () => 'met' }))) !== null);
        }
        expect(reader.unread.length).toBeLessThan(4097);
      }
    }),
  );
});

it('a good answer is found behind any garbage, in text when its line has ended', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (garbage) => {
      const reader = new AnswerReader(TEMPLATES[0]!);
      reader.push(garbage);
      reader.push(Buffer.from('\r\nOK\r\n'));
      const found = [];
      for (
        let met = reader.next([{ format: TEMPLATES[0]!.write!.ok!, meaning: () => 'ok' }]);
        met !== null;
      ) {
        found.push(met);
        met = reader.next([{ format: TEMPLATES[0]!.write!.ok!, meaning: () => 'ok' }]);
      }
      expect(found.length).toBeGreaterThanOrEqual(1);
    }),
  );
});

it('boards take no harm from any command', () => {
  fc.assert(
    fc.property(chunks, (given) => {
      for (const template of TEMPLATES) {
        const commands = new TemplateCommands(template);
        for (const chunk of given) expect(Array.isArray(commands.push(chunk))).toBe(true);
      }
      const chips = [new Adar1000(), new Adar1000()];
      const session = new IiodSession(
        { chips, serialNumber: '<&"', onWritten: () => {} },
        () => {},
        () => {},
      );
      for (const chunk of given) session.push(chunk);
      for (const chip of chips)
        expect(chip.radiated(0) === null || chip.radiated(0)!.phaseCode < 128).toBe(true);
    }),
  );
});

it('a context is read, or has no chips, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), fc.nat(1500), (text, at) => {
      expect(readContext(text).chips).toEqual([]);
      const whole =
        '<context><device id="iio:device0" name="adar1000"><channel id="voltage0" type="output"><attribute name="phase"/></channel><attribute name="tx_load_spi"/></device></context>';
      const broken = whole.slice(0, at % whole.length) + text + whole.slice(at % whole.length);
      expect(readContext(broken).chips.length).toBeLessThanOrEqual(1);
    }),
  );
});
