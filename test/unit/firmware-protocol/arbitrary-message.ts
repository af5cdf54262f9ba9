/** fast-check values for any layout: what is declared is what is drawn, edges included. */

import fc from 'fast-check';
import {
  type Field,
  type MessageDefinition,
  type MessageOf,
  maximumOf,
  minimumOf,
} from '../../../firmware-protocol/layout.js';

const utf8Length = (text: string) => new TextEncoder().encode(text).length;

function arbitraryField(field: Field): fc.Arbitrary<unknown> {
  switch (field.type) {
    case 'u64':
      return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    case 'text8':
      return fc.string({ unit: 'binary', maxLength: 255 }).filter((text) => utf8Length(text) <= 255);
    case 'bytes16':
      return fc.uint8Array({ maxLength: field.maxLength, size: 'max' });
    case 'list16':
      return fc.array(arbitraryFields(field.fields), { maxLength: field.maxCount, size: 'max' });
    case 'f64':
      return fc.double({ min: minimumOf(field), max: maximumOf(field), noNaN: true });
    default:
      return fc.integer({ min: minimumOf(field), max: maximumOf(field) });
  }
}

function arbitraryFields(fields: readonly Field[]): fc.Arbitrary<Record<string, unknown>> {
  return fc.record(Object.fromEntries(fields.map((field) => [field.name, arbitraryField(field)])), {
    noNullPrototype: true,
  });
}

export function arbitraryPayload(definition: MessageDefinition): fc.Arbitrary<MessageOf<MessageDefinition>> {
  return arbitraryFields(definition.fields) as fc.Arbitrary<MessageOf<MessageDefinition>>;
}
