/**
 * MAT files of level 5, as MATLAB, Octave and scipy.io read them (layout: The MathWorks, "MAT-File Format"). Only what tables
 * need: real matrices, character rows, cells and structs, little endian and uncompressed.
 */
import type { FileHandle } from 'node:fs/promises';

export type MatValue =
  | {
      readonly kind: 'double' | 'single';
      readonly rows: number;
      readonly values: Float64Array | Float32Array;
    }
  | { readonly kind: 'char'; readonly text: string }
  | { readonly kind: 'cell'; readonly values: readonly MatValue[] }
  | { readonly kind: 'struct'; readonly fields: Readonly<Record<string, MatValue>> };

const DATA = { int8: 1, uint16: 4, int32: 5, uint32: 6, single: 7, double: 9, matrix: 14 } as const;
const CLASS = { cell: 1, struct: 2, char: 4, double: 6, single: 7 } as const;
/** Names of fields, with the zero that ends them. */
const NAME_BYTES = 64;
/** Lengths are 32 bits wide, and MATLAB takes them for signed. */
const MOST_BYTES = 2 ** 31 - 1;

/** The 128 bytes at the beginning of a file. @param description shown by editors, at most 116 characters of ASCII. */
export function matHeader(description: string): Buffer {
  const header = Buffer.alloc(128, ' ');
  header.write(description.slice(0, 116), 'latin1');
  header.fill(0, 116, 124);
  header.writeUInt16LE(0x0100, 124);
  header.write('IM', 126, 'latin1');
  return header;
}

/** Appends a variable. Throws RangeError when it is too large for the format. */
export async function writeVariable(file: FileHandle, name: string, value: MatValue): Promise<void> {
  await file.write(variable(name, value));
}

function variable(name: string, value: MatValue): Buffer {
  const parts = [
    element(DATA.uint32, words(CLASS[value.kind], 0)),
    element(DATA.int32, words(...dimensions(value))),
    element(DATA.int8, Buffer.from(name, 'latin1')),
    ...contents(value),
  ];
  return element(DATA.matrix, Buffer.concat(parts));
}

function dimensions(value: MatValue): [number, number] {
  if (value.kind === 'struct') return [1, 1];
  if (value.kind === 'char') return [value.text.length === 0 ? 0 : 1, value.text.length];
  if (value.kind === 'cell') return [value.values.length, 1];
  return [value.rows, value.rows === 0 ? 0 : value.values.length / value.rows];
}

function contents(value: MatValue): Buffer[] {
  switch (value.kind) {
    case 'char':
      return [element(DATA.uint16, Buffer.from(value.text, 'utf16le'))];
    case 'cell':
      return value.values.map((each) => variable('', each));
    case 'struct': {
      const names = Object.keys(value.fields);
      const packed = Buffer.alloc(names.length * NAME_BYTES);
      for (const [k, name] of names.entries()) packed.write(name, k * NAME_BYTES, NAME_BYTES - 1, 'latin1');
      // The length of names is a 'small' element: type and length in one word.
      const length = words(DATA.int32 | (4 << 16), NAME_BYTES);
      return [
        length,
        element(DATA.int8, packed),
        ...Object.values(value.fields).map((each) => variable('', each)),
      ];
    }
    default: {
      const { buffer, byteOffset, byteLength } = value.values;
      return [element(DATA[value.kind], Buffer.from(buffer, byteOffset, byteLength))];
    }
  }
}

/** Type, length, data, and zeroes up to a multiple of eight bytes. */
function element(type: number, data: Buffer): Buffer {
  if (data.length > MOST_BYTES) {
    throw new RangeError(
      `a variable of ${data.length} bytes is too large for a MAT file; export fewer tables or users, or as Parquet`,
    );
  }
  return Buffer.concat([words(type, data.length), data, Buffer.alloc(-data.length & 7)]);
}

function words(...values: number[]): Buffer {
  const buffer = Buffer.alloc(4 * values.length);
  for (const [k, value] of values.entries()) buffer.writeInt32LE(value, 4 * k);
  return buffer;
}
