import { defineMessage } from '../layout.js';

/** Something went wrong on the board. SPEC 6.12. */
export const Fault = defineMessage({
  type: 0x92,
  name: 'Fault',
  sender: 'board',
  reliable: true,
  fields: [
    { name: 'code', type: 'u16' },
    { name: 'detail', type: 'u32' },
    { name: 'ticks', type: 'u64', unit: 'ticks' },
  ],
});
