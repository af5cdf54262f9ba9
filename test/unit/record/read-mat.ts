/** Reads MAT files of level 5 as far as tables need it: matrices, text, cells and structs. */

type Read = string | { rows: number; values: number[] } | Read[] | { [field: string]: Read };

export function readMat(file: Buffer): Record<string, Read> {
  if (file.toString('latin1', 126, 128) !== 'IM' || file.readUInt16LE(124) !== 0x0100)
    throw new Error('no MAT file');
  const variables: Record<string, Read> = {};
  for (const { type, data } of elements(file.subarray(128))) {
    if (type !== 14) throw new Error(`element of type ${type} at the top`);
    const { name, value } = matrix(data);
    variables[name] = value;
  }
  return variables;
}

function* elements(bytes: Buffer): Generator<{ type: number; data: Buffer }> {
  for (let at = 0; at < bytes.length; ) {
    const word = bytes.readUInt32LE(at);
    if (word >>> 16 !== 0) {
      yield { type: word & 0xffff, data: bytes.subarray(at + 4, at + 4 + (word >>> 16)) };
      at += 8;
      continue;
    }
    const length = bytes.readUInt32LE(at + 4);
    if (at + 8 + length > bytes.length) throw new Error('an element reaches beyond the end');
    yield { type: word, data: bytes.subarray(at + 8, at + 8 + length) };
    at += 8 + Math.ceil(length / 8) * 8;
  }
}

function matrix(bytes: Buffer): { name: string; value: Read } {
  const [flags, dimensions, name, ...rest] = [...elements(bytes)];
  const [rows, columns] = [dimensions!.data.readInt32LE(0), dimensions!.data.readInt32LE(4)];
  return {
    name: name!.data.toString('latin1'),
    value: contents(flags!.data.readUInt32LE(0) & 0xff, rows, columns, rest),
  };
}

function contents(
  kind: number,
  rows: number,
  columns: number,
  parts: { type: number; data: Buffer }[],
): Read {
  const count = rows * columns;
  if (kind === 1) {
    if (parts.length !== count) throw new Error(`${parts.length} cells instead of ${count}`);
    return parts.map(({ data }) => matrix(data).value);
  }
  if (kind === 2) {
    const [length, names, ...values] = parts;
    const width = length!.data.readInt32LE(0);
    const nameOf = (k: number) =>
      names!.data.toString('latin1', k * width, (k + 1) * width).replace(/\0.*$/s, '');
    return Object.fromEntries(values.map(({ data }, k) => [nameOf(k), matrix(data).value]));
  }
  const { data } = parts[0]!;
  if (kind === 4) return data.toString('utf16le');
  const single = kind === 7;
  const width = single ? 4 : 8;
  if (data.length !== count * width) throw new Error(`${data.length} bytes for ${count} numbers`);
  const values = Array.from({ length: count }, (_, k) =>
    single ? data.readFloatLE(k * width) : data.readDoubleLE(k * width),
  );
  return { rows, values };
}
