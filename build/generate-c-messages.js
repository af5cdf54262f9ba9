/**
 * Writes the message layouts of firmware-protocol as C, for the reference firmware: messages.h, messages.c and those of either
 * side, in firmware-protocol/firmware/core. With --check it writes nothing and fails where they are not what the declarations
 * say now.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const OUT = 'firmware-protocol/firmware/core';
const NOTE =
  '/* Generated from the declarations of firmware-protocol (npm run generate:firmware-header): not edited by hand. */';

/** Types of fields: what holds them in a struct, and their bytes where there is a fixed number. */
const C_TYPES = {
  u8: { held: 'uint8_t', bytes: 1, min: 0, max: 0xff },
  u16: { held: 'uint16_t', bytes: 2, min: 0, max: 0xffff },
  u32: { held: 'uint32_t', bytes: 4, min: 0, max: 0xffff_ffff },
  i16: { held: 'int16_t', bytes: 2, min: -0x8000, max: 0x7fff },
  u64: { held: 'uint64_t', bytes: 8 },
  f64: { held: 'double', bytes: 8 },
  text8: { held: 'struct msg_bytes' },
  bytes16: { held: 'struct msg_bytes' },
  list16: { held: 'struct msg_list' },
};

/** What codec.c has room for while it checks an entry. */
const MAX_ENTRY_FIELDS = 16;

/** The declarations as they stand in the sources, without a build. */
function load(file, loaded = new Map()) {
  const known = loaded.get(file);
  if (known !== undefined) return known;
  const exports = {};
  loaded.set(file, exports);
  const { outputText } = ts.transpileModule(readFileSync(path.join(root, file), 'utf8'), {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const require = (name) => load(path.join(path.dirname(file), name).replace(/\.js$/, '.ts'), loaded);
  new Function('exports', 'require', outputText)(exports, require);
  return exports;
}

const { MESSAGES } = load('firmware-protocol/registry.ts');
const { entrySize, maximumPayloadLength } = load('firmware-protocol/layout.ts');
const { HELLO_MAGIC, PROTOCOL_VERSION } = load('firmware-protocol/messages/hello.ts');
const codes = load('firmware-protocol/status.ts');

const snake = (name) => name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
const upper = (name) => snake(name).toUpperCase();
const hex = (number, digits = 2) => `0x${number.toString(16).toUpperCase().padStart(digits, '0')}`;

function typeOf(field, message) {
  const type = C_TYPES[field.type];
  if (type === undefined) {
    throw new Error(
      `${message.name}.${field.name} has the type ${field.type}, which build/generate-c-messages.js cannot write`,
    );
  }
  return type;
}

const listOf = (message) => {
  const lists = message.fields.filter(({ type }) => type === 'list16');
  if (lists.length > 1) throw new Error(`${message.name} has ${lists.length} lists; codec.c handles one`);
  if (lists.length > 0 && lists[0].fields.length > MAX_ENTRY_FIELDS) {
    throw new Error(
      `an entry of ${message.name} has more than ${MAX_ENTRY_FIELDS} fields: see read_entries in codec.c`,
    );
  }
  return lists[0];
};

function struct(name, fields, message) {
  const members = fields.map((field) => {
    const unit = field.unit === undefined ? '' : ` /* ${field.unit} */`;
    return `    ${typeOf(field, message).held} ${snake(field.name)};${unit}`;
  });
  return [`struct ${name} {`, ...(members.length > 0 ? members : ['    uint8_t nothing;']), '};'];
}

function structsOf(message) {
  const name = `msg_${snake(message.name)}`;
  const list = listOf(message);
  const reliable = message.reliable ? 'reliable' : 'datagram';
  return [
    '',
    `/* ${message.name}, ${reliable} of ${message.sender === 'either' ? 'both' : `the ${message.sender}`}. */`,
    `#define ${upper(name)} ${hex(message.type)}`,
    ...(list === undefined
      ? []
      : [
          `#define ${upper(name)}_MAX_ENTRIES ${list.maxCount}`,
          `#define ${upper(name)}_ENTRY_BYTES ${entrySize(list)}`,
          ...struct(`${name}_entry`, list.fields, message),
        ]),
    ...struct(name, message.fields, message),
    `extern const struct msg_layout ${name}_layout;`,
  ];
}

function codesOf(name, values) {
  const members = Object.entries(values).map(
    ([key, value]) => `    ${name.toUpperCase()}_${upper(key)} = ${value}`,
  );
  return ['', `enum ${name} {`, members.join(',\n'), '};'];
}

function mostOf(sender) {
  const own = MESSAGES.filter((message) => message.sender === sender || message.sender === 'either');
  return Math.max(...own.map(maximumPayloadLength));
}

const SIDES = [
  { side: 'host', messages: MESSAGES.filter(({ sender }) => sender !== 'board') },
  { side: 'board', messages: MESSAGES.filter(({ sender }) => sender === 'board') },
];

const guarded = (name, lines) => [
  NOTE,
  `#ifndef BEAM_${name}_H`,
  `#define BEAM_${name}_H`,
  '',
  ...lines,
  '',
  '#endif',
  '',
];

const header = guarded('MESSAGES', [
  ...SIDES.map(({ side }) => `#include "${side}-messages.h"`),
  '',
  `#define PROTOCOL_VERSION_MAJOR ${PROTOCOL_VERSION.major}`,
  `#define PROTOCOL_VERSION_MINOR ${PROTOCOL_VERSION.minor}`,
  `#define HELLO_MAGIC UINT32_C(${hex(HELLO_MAGIC, 8)})`,
  '',
  '/* Longest payloads of either side, bytes. */',
  `#define MSG_HOST_MAX_PAYLOAD ${mostOf('host')}`,
  `#define MSG_BOARD_MAX_PAYLOAD ${mostOf('board')}`,
  ...codesOf('status', codes.STATUS),
  ...codesOf('receipt', codes.RECEIPT_STATUS),
  ...codesOf('fault', codes.FAULT),
  ...codesOf('telemetry_flag', codes.TELEMETRY_FLAG),
  ...codesOf('arm_mode', codes.ARM_MODE),
  '',
  '/* Room for any message. */',
  'union msg_any {',
  ...MESSAGES.map(({ name }) => `    struct msg_${snake(name)} ${snake(name)};`),
  '};',
  '',
  `#define MSG_NUM_LAYOUTS ${MESSAGES.length}`,
  'extern const struct msg_layout *const msg_layouts[MSG_NUM_LAYOUTS];',
]);

/** Ranges of f64 fields, which rows name by their place; the first is that of a field without one. */
const realRanges = [[-Number.MAX_VALUE, Number.MAX_VALUE]];

function realRange({ min = -Number.MAX_VALUE, max = Number.MAX_VALUE }) {
  const known = realRanges.findIndex((range) => range[0] === min && range[1] === max);
  return known >= 0 ? known : realRanges.push([min, max]) - 1;
}

function rangeOf(field, message) {
  const { min, max } = typeOf(field, message);
  if (field.type === 'bytes16') return [0, field.maxLength];
  if (field.type === 'list16') return [0, field.maxCount];
  if (field.type === 'f64') return [realRange(field), 0];
  return [field.min ?? min ?? 0, field.max ?? max ?? 0];
}

function row(owner, field, message) {
  const range = rangeOf(field, message);
  const literal = (value) => (value < 0 ? `(uint32_t)(${value})` : `${value}u`);
  const at = `offsetof(struct ${owner}, ${snake(field.name)})`;
  return `    { ${literal(range[0])}, ${literal(range[1])}, ${at}, MSG_${field.type.toUpperCase()} }`;
}

function table(name, owner, fields, message) {
  if (fields.length === 0) return [];
  return [
    `static const struct msg_field ${name}[] = {`,
    fields.map((field) => row(owner, field, message)).join(',\n'),
    '};',
  ];
}

function layoutOf(message) {
  const name = `msg_${snake(message.name)}`;
  const list = listOf(message);
  const own = `${snake(message.name)}_fields`;
  const entry = `${snake(message.name)}_entry_fields`;
  const response = message.response === undefined ? 'NULL' : `&msg_${snake(message.response.name)}_layout`;
  const { fields } = message;
  return [
    '',
    ...table(own, name, fields, message),
    ...(list === undefined ? [] : table(entry, `${name}_entry`, list.fields, message)),
    `const struct msg_layout ${name}_layout = {`,
    `    ${fields.length > 0 ? own : 'NULL'}, ${list === undefined ? 'NULL' : entry}, ${response},`,
    `    ${maximumPayloadLength(message)}, ${fields.length}, ${list?.fields.length ?? 0}, ${list === undefined ? 0 : entrySize(list)},`,
    `    MSG_FROM_${message.sender.toUpperCase()}, ${message.reliable}, ${upper(name)}`,
    '};',
  ];
}

const sides = SIDES.flatMap(({ side, messages }) => [
  [
    `${side}-messages.h`,
    guarded(`${side.toUpperCase()}_MESSAGES`, ['#include "layout.h"', ...messages.flatMap(structsOf)]),
  ],
  [`${side}-messages.c`, [NOTE, '#include "messages.h"', ...messages.flatMap(layoutOf), '']],
]);

/** A double that C reads as the same one. */
const real = (value) => (Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : `${value}`);

const list = [
  NOTE,
  '#include "messages.h"',
  '',
  'const struct msg_layout *const msg_layouts[MSG_NUM_LAYOUTS] = {',
  MESSAGES.map(({ name }) => `    &msg_${snake(name)}_layout`).join(',\n'),
  '};',
  '',
  'const struct msg_real_range msg_real_ranges[] = {',
  realRanges.map(([min, max]) => `    { ${real(min)}, ${real(max)} }`).join(',\n'),
  '};',
  '',
];

const files = [['messages.h', header], ['messages.c', list], ...sides];

const stale = [];
for (const [file, lines] of files) {
  const at = path.join(root, OUT, file);
  const text = lines.join('\n');
  if (!process.argv.includes('--check')) writeFileSync(at, text);
  else if (!existsSync(at) || readFileSync(at, 'utf8') !== text) stale.push(`${OUT}/${file}`);
}
if (stale.length > 0) {
  console.error(
    `${stale.join(' and ')} do not say what firmware-protocol declares: run npm run generate:firmware-header`,
  );
  process.exitCode = 1;
}
