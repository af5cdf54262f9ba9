/** Files of numpy with one array, `.npy` (format: NEP 1; versions 1 to 3). The usual library for them brings an HTTP client with it. */
import { invalid } from '../problems.js';
import type { NumberArray } from './matrix.js';

type ReadNumber = (view: DataView, at: number, littleEndian: boolean) => number;
const KINDS: Readonly<Record<string, { readonly bytes: number; readonly read: ReadNumber }>> = {
  f4: { bytes: 4, read: (view, at, le) => view.getFloat32(at, le) },
  f8: { bytes: 8, read: (view, at, le) => view.getFloat64(at, le) },
  i1: { bytes: 1, read: (view, at) => view.getInt8(at) },
  i2: { bytes: 2, read: (view, at, le) => view.getInt16(at, le) },
  i4: { bytes: 4, read: (view, at, le) => view.getInt32(at, le) },
  i8: { bytes: 8, read: (view, at, le) => Number(view.getBigInt64(at, le)) },
  u1: { bytes: 1, read: (view, at) => view.getUint8(at) },
  u2: { bytes: 2, read: (view, at, le) => view.getUint16(at, le) },
  u4: { bytes: 4, read: (view, at, le) => view.getUint32(at, le) },
  u8: { bytes: 8, read: (view, at, le) => Number(view.getBigUint64(at, le)) },
  b1: { bytes: 1, read: (view, at) => view.getUint8(at) },
};

/**
 * Reads the array.
 *
 * @param file named in complaints.
 * @throws DATASET_INVALID for what is no such file, holds no numbers, is cut off or damaged.
 */
export function readNpy(bytes: Uint8Array, file: string): NumberArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (Buffer.from(bytes.subarray(0, 6)).toString('latin1') !== '\x93NUMPY' || bytes.length < 12) {
    throw invalid('This is no file of numpy', file, 'Give what numpy.save or numpy.savez wrote');
  }
  const isOld = bytes[6] === 1;
  const begin = isOld ? 10 : 12;
  const end = begin + (isOld ? view.getUint16(8, true) : view.getUint32(8, true));
  if (end > bytes.length) throw cutOff(file, end, bytes.length);
  const header = Buffer.from(bytes.subarray(begin, end)).toString(isOld ? 'latin1' : 'utf8');
  const described = /'descr':\s*'([<>|=])(\w+)'/.exec(header);
  const shape = /'shape':\s*\(([\d,\s]*)\)/.exec(header);
  const order = /'fortran_order':\s*(True|False)/.exec(header);
  const kind = KINDS[described?.[2] ?? ''];
  if (described === null || shape === null || order === null || kind === undefined) {
    throw invalid(
      `The array is none of plain numbers: ${header.trim().slice(0, 80)}`,
      file,
      'Save it as an array of real numbers, of one type',
    );
  }
  const dimensions = shape[1]!
    .split(',')
    .filter((text) => text.trim() !== '')
    .map(Number);
  const count = dimensions.reduce((product, size) => product * size, 1);
  if (end + count * kind.bytes > bytes.length) throw cutOff(file, end + count * kind.bytes, bytes.length);
  const values = described[2] === 'f4' ? new Float32Array(count) : new Float64Array(count);
  for (let k = 0; k < count; k++) values[k] = kind.read(view, end + k * kind.bytes, described[1] !== '>');
  return { dimensions, values, columnsFirst: order[1] === 'True' };
}

function cutOff(file: string, wanted: number, there: number) {
  return invalid(
    `The file is cut off: it should have ${wanted} bytes and has ${there}`,
    file,
    'Copy or download the file again',
  );
}
