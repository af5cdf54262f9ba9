/** Bit packing of element settings. SPEC 4.1. */

/** Control bits per element; a control that a board does not have takes 0 bits. */
export interface ElementFormat {
  /** 1..16 */
  readonly phaseBits: number;
  /** 0..16 */
  readonly delayBits: number;
  /** 0..16 */
  readonly amplitudeBits: number;
  /** 0..16 */
  readonly lineBits: number;
}

/** Integer codes, shape [numElements] each; null exactly where the format has 0 bits. */
export interface ElementCodes {
  readonly phaseCode: Uint16Array;
  readonly delayCode: Uint16Array | null;
  readonly amplitudeCode: Uint16Array | null;
  readonly lineCode: Uint16Array | null;
}

/** Bits of the selector of so many lines: the least that tell them apart. */
export function selectorBits(numLines: number): number {
  return numLines <= 1 ? 0 : Math.ceil(Math.log2(numLines));
}

/** Bytes of one packed codeword. */
export function packedLength(numElements: number, format: ElementFormat): number {
  return Math.ceil((numElements * bitsPerElement(format)) / 8);
}

/**
 * Packs element by element: phase bits, then delay, amplitude and line selector bits, least significant bit first; the last
 * byte is filled up with zeros. Throws RangeError when a code does not fit its bits or an array is missing or has the wrong length.
 */
export function packElementSettings(codes: ElementCodes, format: ElementFormat): Uint8Array {
  const numElements = codes.phaseCode.length;
  const parts = [
    part('phase', codes.phaseCode, format.phaseBits, numElements),
    part('delay', codes.delayCode, format.delayBits, numElements),
    part('amplitude', codes.amplitudeCode, format.amplitudeBits, numElements),
    part('line', codes.lineCode, format.lineBits, numElements),
  ].filter((each) => each.bits > 0);
  const bytes = new Uint8Array(packedLength(numElements, format));
  let at = 0;
  // Bits not yet written: at most 7 left over plus 16 new ones, well inside 32.
  let pending = 0;
  let pendingBits = 0;
  for (let element = 0; element < numElements; element++) {
    for (let k = 0; k < parts.length; k++) {
      const { code, bits } = parts[k]!;
      const value = code[element]!;
      if (value >>> bits !== 0) {
        const { name } = parts[k]!;
        throw new RangeError(`${name} code ${value} of element ${element} needs more than ${bits} bits`);
      }
      pending |= value << pendingBits;
      pendingBits += bits;
      while (pendingBits >= 8) {
        bytes[at++] = pending & 0xff;
        pending >>>= 8;
        pendingBits -= 8;
      }
    }
  }
  if (pendingBits > 0) bytes[at] = pending;
  return bytes;
}

/** Inverse of packElementSettings. Throws RangeError on a wrong length or padding that is not zero. */
export function unpackElementSettings(
  bytes: Uint8Array,
  numElements: number,
  format: ElementFormat,
): ElementCodes {
  const length = packedLength(numElements, format);
  if (bytes.length !== length) {
    throw new RangeError(
      `packed settings of ${numElements} elements are ${length} bytes, not ${bytes.length}`,
    );
  }
  const { phaseBits, delayBits, amplitudeBits, lineBits } = format;
  const phaseCode = new Uint16Array(numElements);
  const delayCode = delayBits > 0 ? new Uint16Array(numElements) : null;
  const amplitudeCode = amplitudeBits > 0 ? new Uint16Array(numElements) : null;
  const lineCode = lineBits > 0 ? new Uint16Array(numElements) : null;
  const parts = [
    { code: phaseCode, bits: phaseBits },
    { code: delayCode, bits: delayBits },
    { code: amplitudeCode, bits: amplitudeBits },
    { code: lineCode, bits: lineBits },
  ].filter(isThere);
  let at = 0;
  let pending = 0;
  let pendingBits = 0;
  for (let element = 0; element < numElements; element++) {
    for (let k = 0; k < parts.length; k++) {
      const { code, bits } = parts[k]!;
      while (pendingBits < bits) {
        pending |= bytes[at++]! << pendingBits;
        pendingBits += 8;
      }
      code[element] = pending & ((1 << bits) - 1);
      pending >>>= bits;
      pendingBits -= bits;
    }
  }
  if (pending !== 0) throw new RangeError('the padding bits of packed settings must be zero');
  return { phaseCode, delayCode, amplitudeCode, lineCode };
}

function isThere<T extends { readonly code: Uint16Array | null }>(
  part: T,
): part is T & { readonly code: Uint16Array } {
  return part.code !== null;
}

function bitsPerElement(format: ElementFormat): number {
  for (const [name, bits, least] of [
    ['phaseBits', format.phaseBits, 1],
    ['delayBits', format.delayBits, 0],
    ['amplitudeBits', format.amplitudeBits, 0],
    ['lineBits', format.lineBits, 0],
  ] as const) {
    if (!Number.isInteger(bits) || bits < least || bits > 16) {
      throw new RangeError(`${name} must be ${least}..16, not ${bits}`);
    }
  }
  return format.phaseBits + format.delayBits + format.amplitudeBits + format.lineBits;
}

function part(name: string, code: Uint16Array | null, bits: number, numElements: number) {
  if ((code === null) !== (bits === 0)) {
    throw new RangeError(`${name} codes must be given exactly when the format has ${name} bits`);
  }
  if (code !== null && code.length !== numElements) {
    throw new RangeError(`${code.length} ${name} codes for ${numElements} elements`);
  }
  return { name, code: code ?? new Uint16Array(0), bits };
}
