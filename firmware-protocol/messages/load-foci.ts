import { defineMessage } from '../layout.js';

/** How many codewords, from the front, are valid now. SPEC 6.17. */
export const LoadFociResult = defineMessage({
  type: 0x8e,
  name: 'LoadFociResult',
  sender: 'board',
  reliable: true,
  fields: [
    { name: 'request', type: 'u16' },
    { name: 'status', type: 'u8' },
    { name: 'loaded', type: 'u16', unit: 'codewords' },
  ],
});

/** Codewords of phases, as the points that they focus on or diverge from. SPEC 6.17. */
export const LoadFoci = defineMessage({
  type: 0x0e,
  name: 'LoadFoci',
  sender: 'host',
  reliable: true,
  response: LoadFociResult,
  fields: [
    {
      name: 'entries',
      type: 'list16',
      maxCount: 36,
      fields: [
        { name: 'index', type: 'u16' },
        { name: 'hash', type: 'u64' },
        { name: 'kind', type: 'u8', max: 3 },
        { name: 'corrected', type: 'u8', max: 1 },
        { name: 'a', type: 'f64' },
        { name: 'b', type: 'f64' },
      ],
    },
  ],
});
