import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type Field,
  itemsPerMessage,
  type MessageDefinition,
  maximumOf,
  maximumPayloadLength,
  minimumOf,
  minimumSize,
  payloadLength,
} from '../../../firmware-protocol/layout.js';
import { Welcome } from '../../../firmware-protocol/messages/hello.js';
import { LoadCodeword } from '../../../firmware-protocol/messages/load-codeword.js';
import { QueueSlots } from '../../../firmware-protocol/messages/queue-slots.js';
import { ReadClock } from '../../../firmware-protocol/messages/read-clock.js';
import { MESSAGES } from '../../../firmware-protocol/registry.js';
import { FAULT, RECEIPT_STATUS, STATUS } from '../../../firmware-protocol/status.js';

const spec = readFileSync(new URL('../../../firmware-protocol/SPEC.md', import.meta.url), 'utf8');
const folder = new URL('../../../firmware-protocol/', import.meta.url);

interface Section {
  readonly name: string;
  readonly type: number;
  readonly sender: string;
  readonly delivery: string;
  readonly body: string;
}

/** Message sections: `#### Name: type 0xNN, direction, delivery` up to the next heading or paragraph after the table. */
function sections(): Section[] {
  const heading = /^#### (\w+): type 0x([0-9A-F]{2}), (.+), (reliable|datagram)$/gm;
  return [...spec.matchAll(heading)].map((match) => {
    const after = spec.slice(match.index + match[0].length);
    return {
      name: match[1]!,
      type: Number.parseInt(match[2]!, 16),
      sender:
        { 'host → board': 'host', 'board → host': 'board', 'both directions': 'either' }[match[3]!] ?? '',
      delivery: match[4]!,
      body: after.split(/\n#/)[0]!,
    };
  });
}

/** Cells of the first table in a section, without its two heading rows and without the column `meaning`. */
function rows(body: string): string[][] {
  const table = body.match(/(?:^\|.*\n?)+/m)?.[0] ?? '';
  return table
    .trimEnd()
    .split('\n')
    .slice(2)
    .map((line) => {
      const cells = line.split('|').slice(1, -1);
      return cells.slice(0, 5).map((cell) => cell.trim());
    });
}

function rangeOf(field: Field): string {
  switch (field.type) {
    case 'u64':
      return '0..2^64-1';
    case 'text8':
      return '≤ 255 bytes';
    case 'bytes16':
      return `≤ ${field.maxLength} bytes`;
    case 'list16':
      return `≤ ${field.maxCount} entries`;
    case 'f64':
      return field.min === undefined ? '' : `${field.min}..${field.max}`;
    default:
      return `${minimumOf(field)}..${maximumOf(field)}`;
  }
}

/** The same rows as the layout declares them. */
function expectedRows(definition: MessageDefinition): string[][] {
  const out: string[][] = [];
  let at = 0;
  let variable = false;
  for (const field of definition.fields) {
    out.push([variable ? 'variable' : String(at), field.type, field.name, field.unit ?? '', rangeOf(field)]);
    at += minimumSize(field);
    if (field.type === 'list16') {
      let inside = 0;
      for (const nested of field.fields) {
        out.push([
          `+${inside}`,
          nested.type,
          `${field.name}.${nested.name}`,
          nested.unit ?? '',
          rangeOf(nested),
        ]);
        inside += minimumSize(nested);
      }
    }
    variable ||= field.type === 'text8' || field.type === 'bytes16' || field.type === 'list16';
  }
  return out;
}

function codesOf(clause: string): Record<string, number> {
  const body = spec.slice(spec.indexOf(`**${clause} `)).split('\n\n')[1]!;
  return Object.fromEntries(rows(body).map((cells) => [cells[1]!, Number(cells[0])]));
}

describe('SPEC.md and the layouts', () => {
  it('list the same messages', () => {
    const inSpec = sections().map(({ name, type, sender, delivery }) => ({ name, type, sender, delivery }));
    const inCode = MESSAGES.map(({ name, type, sender, reliable }) => ({
      name,
      type,
      sender,
      delivery: reliable ? 'reliable' : 'datagram',
    }));
    const byType = (a: { type: number }, b: { type: number }) => a.type - b.type;
    expect(inSpec.sort(byType)).toEqual(inCode.sort(byType));
  });

  it.each(MESSAGES.map((message) => [message.name, message] as const))('agree on %s', (name, message) => {
    const section = sections().find((each) => each.name === name)!;
    expect(rows(section.body)).toEqual(expectedRows(message));
    if (message.fields.length === 0) expect(section.body).toContain('No payload.');
  });

  it('agree on which message answers which: both stand in one section (SPEC 6)', () => {
    const answered = MESSAGES.flatMap((message) => ('response' in message ? [message] : []));
    expect(answered.length).toBeGreaterThan(10);
    for (const { name, response, reliable } of answered) {
      const together = spec.split(/\n### /).filter((section) => section.includes(`\n#### ${name}: type `));
      expect(together, name).toHaveLength(1);
      expect(together[0]).toContain(`\n#### ${response.name}: type `);
      expect(response.reliable).toBe(reliable);
      if (!reliable) continue;
      const [request, status] = response.fields;
      expect([request, status], response.name).toEqual([
        { name: 'request', type: 'u16' },
        { name: 'status', type: 'u8' },
      ]);
    }
    const asked = MESSAGES.filter(({ sender }) => sender === 'host').map(({ name }) => name);
    expect(answered.map(({ name }) => name)).toEqual(asked);
  });

  it('agree on status, fault and receipt codes', () => {
    expect(codesOf('9.1')).toEqual(STATUS);
    expect(codesOf('9.2')).toEqual(FAULT);
    for (const [name, code] of Object.entries(RECEIPT_STATUS)) expect(spec).toContain(`*${name}* (${code})`);
  });

  it('agree on direction bits and on what unknown types are (SPEC 3.7, 5.1)', () => {
    for (const { type, sender } of MESSAGES) {
      expect(type).toBeLessThan(256);
      if (sender !== 'either') expect(type >> 7).toBe(sender === 'board' ? 1 : 0);
    }
    expect(new Set(MESSAGES.map((each) => each.type)).size).toBe(MESSAGES.length);
  });

  it('as many items go into a message as its layout and the largest payload of a board allow', () => {
    expect([itemsPerMessage(LoadCodeword), itemsPerMessage(QueueSlots)]).toEqual([1000, 150]);
    // 64 bytes: 15 before the data; 2 before entries of 6.
    expect([itemsPerMessage(LoadCodeword, 64), itemsPerMessage(QueueSlots, 64)]).toEqual([49, 10]);
    expect([payloadLength(LoadCodeword, 7), payloadLength(QueueSlots, 7)]).toEqual([22, 44]);
    expect(() => itemsPerMessage(Welcome)).toThrow('Welcome');
    expect(() => itemsPerMessage(ReadClock)).toThrow('ReadClock');
  });

  it('no message can outgrow a frame (SPEC 2.4)', () => {
    for (const message of MESSAGES) expect(maximumPayloadLength(message)).toBeLessThanOrEqual(1024);
  });

  it('every clause that the code cites exists', () => {
    const files = readdirSync(folder, { recursive: true })
      .map(String)
      .filter((file) => file.endsWith('.ts'));
    const cited = files.flatMap((file) => {
      const text = readFileSync(new URL(file, folder), 'utf8');
      return [...text.matchAll(/SPEC (\d+(?:\.\d+)?)/g)].map((match) => match[1]!);
    });
    expect(cited.length).toBeGreaterThan(20);
    for (const clause of new Set(cited)) {
      const pattern = new RegExp(`^(#+ ${clause} |\\*\\*${clause.replace('.', '\\.')}[ *])`, 'm');
      expect(pattern.test(spec), `SPEC ${clause}`).toBe(true);
    }
  });
});
