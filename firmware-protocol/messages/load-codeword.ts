import { defineMessage } from '../layout.js';

/** Answers every chunk of a codeword. SPEC 6.2. */
export const LoadCodewordResult = defineMessage({
  type: 0x82,
  name: 'LoadCodewordResult',
  sender: 'board',
  reliable: true,
  fields: [
    { name: 'request', type: 'u16' },
    { name: 'status', type: 'u8' },
    { name: 'index', type: 'u16' },
    { name: 'hash', type: 'u64' },
  ],
});

/** Writes one chunk of packed element settings into the codeword memory. SPEC 6.2. */
export const LoadCodeword = defineMessage({
  type: 0x02,
  name: 'LoadCodeword',
  sender: 'host',
  reliable: true,
  response: LoadCodewordResult,
  fields: [
    { name: 'index', type: 'u16' },
    { name: 'offset', type: 'u16', unit: 'bytes' },
    { name: 'last', type: 'u8', max: 1 },
    { name: 'hash', type: 'u64' },
    { name: 'data', type: 'bytes16', maxLength: 1000 },
  ],
});
