import { defineMessage } from '../layout.js';

/** SPEC 6.16. */
export const CorrectionsResult = defineMessage({
  type: 0x8d,
  name: 'CorrectionsResult',
  sender: 'board',
  reliable: true,
  fields: [
    { name: 'request', type: 'u16' },
    { name: 'status', type: 'u8' },
  ],
});

/** Errors of elements, which expanded codewords are corrected for. SPEC 6.16. */
export const SetCorrections = defineMessage({
  type: 0x0d,
  name: 'SetCorrections',
  sender: 'host',
  reliable: true,
  response: CorrectionsResult,
  fields: [
    { name: 'kind', type: 'u8', max: 1 },
    { name: 'firstElement', type: 'u16' },
    {
      name: 'values',
      type: 'list16',
      maxCount: 120,
      fields: [{ name: 'value', type: 'f64', unit: 'rad or s', min: -1e3, max: 1e3 }],
    },
  ],
});
