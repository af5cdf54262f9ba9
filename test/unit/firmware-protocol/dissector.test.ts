/** beamloop.lua for Wireshark: as new as the declarations, and, where tshark is installed, it reads golden frames as they are. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { pcapngHead, pcapngPacket } from '../../../drivers/wire/pcapng.js';
import { dissectorText } from '../../../firmware-protocol/dissector.js';
import type { Field } from '../../../firmware-protocol/layout.js';
import { MESSAGES } from '../../../firmware-protocol/registry.js';

const FILE = fileURLToPath(new URL('../../../firmware-protocol/beamloop.lua', import.meta.url));
const golden = (file: string) =>
  JSON.parse(readFileSync(new URL(`../../../firmware-protocol/vectors/${file}`, import.meta.url), 'utf8'));

it('is what the declarations say: npm run dissector writes it anew', () => {
  expect(readFileSync(FILE, 'utf8')).toBe(dissectorText());
});

/** Of all numbers in all messages: name of the field in Wireshark, and how to find its values in a golden message. */
const NUMBERS = MESSAGES.flatMap(({ name, fields }) =>
  fields.flatMap((field: Field) => {
    if (field.type === 'text8' || field.type === 'bytes16') return [];
    const of =
      field.type === 'list16' ? field.fields.map((nested) => `${field.name}.${nested.name}`) : [field.name];
    return of.map((key) => ({ message: name as string, key, abbreviation: `beamloop.${name}.${key}` }));
  }),
);

type Value = Readonly<Record<string, unknown>>;

function valuesOf(value: Value, key: string): string {
  const [name, nested] = key.split('.') as [string, string | undefined];
  const found = value[name];
  const all = nested === undefined ? [found] : (found as Value[]).map((entry) => entry[nested]);
  return all.map(canonical).join(',');
}

/** The same for the same number, however it is written. */
function canonical(number: unknown): string {
  const text = String(number);
  return /^(0x[0-9a-f]+|-?\d+)$/i.test(text) ? String(BigInt(text)) : String(Number(text));
}

it.skipIf(spawnSync('tshark', ['--version']).error !== undefined)(
  'reads golden messages as they are, and names what is wrong with bad ones',
  () => {
    const messages: { name: string; value: Value; frame: string; sequence: number }[] =
      golden('messages.json');
    const rows = dissected(messages.map(({ frame }) => frame));
    expect(messages.length).toBeGreaterThanOrEqual(MESSAGES.length);
    for (const [k, { name, value, sequence }] of messages.entries()) {
      const row = rows[k]!;
      expect([row.get('beamloop.message'), row.get('beamloop.sequence')]).toEqual([name, String(sequence)]);
      expect([row.get('beamloop.malformed'), row.get('beamloop.bad')], name).toEqual(['', '']);
      for (const { message, key, abbreviation } of NUMBERS) {
        const read = row.get(abbreviation)!;
        const numbers = read === '' ? '' : read.split(',').map(canonical).join(',');
        expect(numbers, `${k}: ${abbreviation}`).toBe(message === name ? valuesOf(value, key) : '');
      }
    }
    // A golden message whose last byte before the CRC was cut off would be badCrc; one bit too.
    const spoiled = messages[0]!.frame.replace(/ .. 00$/, (end) => (end === ' 01 00' ? ' 02 00' : ' 01 00'));
    const [bad, short] = dissected([spoiled, '00 03 01 02 00']);
    expect(bad!.get('beamloop.bad')).toBe('badCrc');
    expect(short!.get('beamloop.bad')).toBe('tooShort');
  },
);

/** What tshark makes of frames: a value per field, several with commas. */
function dissected(frames: readonly string[]): Map<string, string>[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'beamloop-dissector-'));
  try {
    const log = path.join(folder, 'golden.pcapng');
    const packets = frames.map((frame) => {
      const stretch = Buffer.from(frame.replaceAll(' ', ''), 'hex').subarray(1, -1);
      return pcapngPacket({ timeNs: 1_700_000_000_000_000_000n, from: 'host', stretch, dropped: 0 });
    });
    writeFileSync(log, Buffer.concat([pcapngHead(), ...packets]));
    const fields = ['message', 'sequence', 'malformed', 'bad'].map((name) => `beamloop.${name}`);
    fields.push(...NUMBERS.map(({ abbreviation }) => abbreviation));
    const args = [
      '-X',
      `lua_script:${FILE}`,
      '-r',
      log,
      '-T',
      'fields',
      '-E',
      'separator=|',
      '-E',
      'aggregator=,',
    ];
    const said = execFileSync('tshark', [...args, ...fields.flatMap((field) => ['-e', field])], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return said
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => new Map(line.split('|').map((value, k) => [fields[k]!, value])));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
