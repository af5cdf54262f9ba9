/**
 * Reads MAT files of level 5, plain and compressed (layout: The MathWorks, "MAT-File Format"): real arrays of numbers, texts,
 * cells and structs. What a cell or a struct holds is read when it is asked for, so a cell of many thousand matrices is gone
 * through without being held as objects. Written here because the one library for it is under the GPL.
 */
import { inflateSync } from 'node:zlib';
import { invalid } from '../problems.js';

interface Shaped {
  /** Rows first; columns are stored one after the other. */
  readonly dimensions: readonly number[];
}
export type MatVariable =
  | (Shaped & { readonly kind: 'numbers'; values(): Float64Array })
  | (Shaped & { readonly kind: 'text'; readonly text: string })
  | (Shaped & { readonly kind: 'cell'; elements(): Generator<MatVariable> })
  | (Shaped & {
      readonly kind: 'struct';
      readonly names: readonly string[];
      /** Of the first struct of the array. */
      fields(): Map<string, MatVariable>;
    })
  /** Sparse matrices, objects, functions. */
  | (Shaped & { readonly kind: 'unsupported'; readonly matClass: number });

const TYPE = { matrix: 14, compressed: 15, utf8: 16, utf16: 17, utf32: 18 } as const;
const CLASS = { cell: 1, struct: 2, char: 4, double: 6, uint64: 15 } as const;
/** Bytes of a number of each type, and how it is read. */
const NUMBERS: Readonly<
  Record<number, { bytes: number; read: (v: DataView, at: number, le: boolean) => number }>
> = {
  1: { bytes: 1, read: (view, at) => view.getInt8(at) },
  2: { bytes: 1, read: (view, at) => view.getUint8(at) },
  3: { bytes: 2, read: (view, at, le) => view.getInt16(at, le) },
  4: { bytes: 2, read: (view, at, le) => view.getUint16(at, le) },
  5: { bytes: 4, read: (view, at, le) => view.getInt32(at, le) },
  6: { bytes: 4, read: (view, at, le) => view.getUint32(at, le) },
  7: { bytes: 4, read: (view, at, le) => view.getFloat32(at, le) },
  9: { bytes: 8, read: (view, at, le) => view.getFloat64(at, le) },
  12: { bytes: 8, read: (view, at, le) => Number(view.getBigInt64(at, le)) },
  13: { bytes: 8, read: (view, at, le) => Number(view.getBigUint64(at, le)) },
};
const COMPLEX = 0x0800;
const HEADER_BYTES = 128;

/**
 * Variables by name.
 *
 * @param file named in complaints.
 * @throws DATASET_INVALID for what is no such file, is cut off or damaged.
 */
export function readMat(bytes: Uint8Array, file: string): Map<string, MatVariable> {
  const start = Buffer.from(bytes.subarray(0, HEADER_BYTES)).toString('latin1');
  if (start.startsWith('MATLAB 7.3') || start.startsWith('\x89HDF')) {
    throw invalid(
      'The MAT file is of version 7.3 (HDF5)',
      file,
      "Save it again in MATLAB with save(…, '-v7')",
    );
  }
  const order = start.slice(126, 128);
  if (bytes.length < HEADER_BYTES || (order !== 'IM' && order !== 'MI')) {
    throw invalid(
      'This is no MAT file of level 5',
      file,
      'Give a file that MATLAB, Octave or scipy.io.savemat wrote with default settings',
    );
  }
  const variables = new Map<string, MatVariable>();
  const reader = new Reader(bytes, file, order === 'IM');
  for (let at = HEADER_BYTES; at < bytes.length; ) {
    const element = reader.element(at);
    at = element.next;
    const [matrix, inside] = element.type === TYPE.compressed ? reader.inflated(element) : [element, reader];
    if (matrix.type !== TYPE.matrix) continue;
    const { name, variable } = inside.variable(matrix);
    variables.set(name, variable);
  }
  return variables;
}

interface Element {
  readonly type: number;
  /** Where its data begins and ends, and where the next element begins. */
  readonly begin: number;
  readonly end: number;
  readonly next: number;
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #file: string;
  readonly #littleEndian: boolean;

  constructor(bytes: Uint8Array, file: string, littleEndian: boolean) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#file = file;
    this.#littleEndian = littleEndian;
  }

  element(at: number, limit = this.#bytes.length): Element {
    if (at + 8 > limit) throw this.#cutOff(at);
    const word = this.#view.getUint32(at, this.#littleEndian);
    const small = word >>> 16;
    if (small !== 0) {
      if (small > 4) throw this.#damaged(at);
      return { type: word & 0xffff, begin: at + 4, end: at + 4 + small, next: at + 8 };
    }
    const length = this.#view.getUint32(at + 4, this.#littleEndian);
    const begin = at + 8;
    const end = begin + length;
    if (end > limit) throw this.#cutOff(end);
    // Compressed elements follow each other without padding, and writers leave it out at the end of a file.
    const next = word === TYPE.compressed ? end : Math.min(limit, begin + Math.ceil(length / 8) * 8);
    return { type: word, begin, end, next };
  }

  inflated({ begin, end }: Element): [Element, Reader] {
    let inner: Uint8Array;
    try {
      inner = inflateSync(this.#bytes.subarray(begin, end));
    } catch (cause) {
      throw invalid(
        `The compressed variable at byte ${begin} cannot be unpacked: ${(cause as Error).message}`,
        this.#file,
        'Copy or download the file again',
        cause,
      );
    }
    const reader = new Reader(inner, this.#file, this.#littleEndian);
    return [reader.element(0), reader];
  }

  variable({ begin, end }: Element): { readonly name: string; readonly variable: MatVariable } {
    // Writers put an empty element for an empty cell.
    if (begin === end)
      return {
        name: '',
        variable: { kind: 'numbers', dimensions: [0, 0], values: () => new Float64Array() },
      };
    const flags = this.element(begin, end);
    const word = this.#view.getUint32(flags.begin, this.#littleEndian);
    const matClass = word & 0xff;
    const sizes = this.element(flags.next, end);
    const dimensions = [...this.#numbers(sizes)];
    const named = this.element(sizes.next, end);
    const name = Buffer.from(this.#bytes.subarray(named.begin, named.end)).toString('latin1');
    const count = dimensions.reduce((product, size) => product * size, 1);
    return {
      name,
      variable: this.#contents(matClass, (word & COMPLEX) !== 0, dimensions, count, named.next, end),
    };
  }

  #contents(
    matClass: number,
    isComplex: boolean,
    dimensions: readonly number[],
    count: number,
    at: number,
    end: number,
  ): MatVariable {
    if (matClass === CLASS.cell)
      return { kind: 'cell', dimensions, elements: () => this.#elements(at, end, count) };
    if (matClass === CLASS.struct) return this.#struct(dimensions, at, end);
    if (matClass === CLASS.char)
      return { kind: 'text', dimensions, text: count === 0 ? '' : this.#text(at, end) };
    if (matClass < CLASS.double || matClass > CLASS.uint64 || isComplex) {
      return { kind: 'unsupported', dimensions, matClass };
    }
    const values = () => {
      if (count === 0) return new Float64Array();
      const data = this.#numbers(this.element(at, end));
      if (data.length !== count) throw this.#damaged(at);
      return data;
    };
    return { kind: 'numbers', dimensions, values };
  }

  *#elements(at: number, end: number, count: number): Generator<MatVariable> {
    let from = at;
    for (let k = 0; k < count; k++) {
      const element = this.element(from, end);
      from = element.next;
      yield this.variable(element).variable;
    }
  }

  #struct(dimensions: readonly number[], at: number, end: number): MatVariable {
    const width = this.element(at, end);
    const [nameBytes = 0] = this.#numbers(width);
    const packed = this.element(width.next, end);
    const text = Buffer.from(this.#bytes.subarray(packed.begin, packed.end)).toString('latin1');
    const names = Array.from({ length: nameBytes === 0 ? 0 : Math.floor(text.length / nameBytes) }, (_, k) =>
      text.slice(k * nameBytes, (k + 1) * nameBytes).replace(/\0.*$/s, ''),
    );
    const fields = () => {
      const values = [...this.#elements(packed.next, end, dimensions.includes(0) ? 0 : names.length)];
      return new Map(values.map((value, k) => [names[k]!, value]));
    };
    return { kind: 'struct', dimensions, names, fields };
  }

  #text(at: number, end: number): string {
    const element = this.element(at, end);
    const bytes = Buffer.from(this.#bytes.subarray(element.begin, element.end));
    if (element.type === TYPE.utf8) return bytes.toString('utf8');
    const units: Iterable<number> =
      element.type === TYPE.utf16
        ? this.#numbers({ ...element, type: 4 })
        : this.#numbers({ ...element, type: element.type === TYPE.utf32 ? 6 : element.type });
    return String.fromCodePoint(...units);
  }

  #numbers({ type, begin, end }: Element): Float64Array {
    const how = NUMBERS[type];
    if (how === undefined || (end - begin) % how.bytes !== 0) throw this.#damaged(begin);
    const values = new Float64Array((end - begin) / how.bytes);
    for (let k = 0; k < values.length; k++) {
      values[k] = how.read(this.#view, begin + k * how.bytes, this.#littleEndian);
    }
    return values;
  }

  #cutOff(at: number) {
    return invalid(
      `The MAT file is cut off: something in it goes on to byte ${at}, and it ends at ${this.#bytes.length}`,
      this.#file,
      'Copy or download the file again',
    );
  }

  #damaged(at: number) {
    return invalid(`The MAT file is damaged at byte ${at}`, this.#file, 'Copy or download the file again');
  }
}
