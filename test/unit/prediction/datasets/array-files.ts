/** Writers of the files that others' programs write, for the readers' tests: npy, npz and MAT, plain and compressed. */
import { open, readFile, writeFile } from 'node:fs/promises';
import { deflateSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { type MatValue, matHeader, writeVariable } from '../../../../src/record/export/mat-file.js';

/** @param rows all of the same length. */
export function npyBytes(rows: readonly (readonly number[])[], fortran = false, version = 1): Uint8Array {
  const columns = rows[0]?.length ?? 0;
  const text = `{'descr': '<f4', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${rows.length}, ${columns}), }`;
  const before = version === 1 ? 10 : 12;
  const length = Math.ceil((before + text.length + 1) / 64) * 64 - before;
  const header = Buffer.alloc(before + length, ' ');
  header.write('\x93NUMPY', 'latin1');
  header[6] = version;
  header[7] = 0;
  if (version === 1) header.writeUInt16LE(length, 8);
  else header.writeUInt32LE(length, 8);
  header.write(`${text.padEnd(length - 1)}\n`, before, 'latin1');
  const values = fortran
    ? Array.from({ length: columns }, (_, c) => rows.map((row) => row[c]!)).flat()
    : rows.flat();
  return Buffer.concat([header, Buffer.from(Float32Array.from(values).buffer)]);
}

export function npzBytes(name: string, rows: readonly (readonly number[])[]): Uint8Array {
  return zipSync({ [`${name}.npy`]: npyBytes(rows) });
}

export function matrix(rows: readonly (readonly number[])[]): MatValue {
  const columns = rows[0]?.length ?? 0;
  const values = Array.from({ length: columns }, (_, c) => rows.map((row) => row[c]!)).flat();
  return { kind: 'double', rows: rows.length, values: Float64Array.from(values) };
}

export async function writeMatFile(
  file: string,
  variables: Readonly<Record<string, MatValue>>,
  compressed = false,
): Promise<void> {
  const handle = await open(file, 'w');
  await handle.write(matHeader('MATLAB 5.0 MAT-file, of a test'));
  for (const [name, value] of Object.entries(variables)) await writeVariable(handle, name, value);
  await handle.close();
  if (!compressed) return;
  const bytes = await readFile(file);
  const parts: Uint8Array[] = [bytes.subarray(0, 128)];
  for (let at = 128; at < bytes.length; ) {
    const end = at + 8 + bytes.readUInt32LE(at + 4);
    const packed = deflateSync(bytes.subarray(at, end));
    const tag = Buffer.alloc(8);
    tag.writeUInt32LE(15);
    tag.writeUInt32LE(packed.length, 4);
    parts.push(tag, packed);
    at = end;
  }
  await writeFile(file, Buffer.concat(parts));
}
