import { defineMessage } from '../layout.js';

/** Acknowledges reliable frames. SPEC 5.4. */
export const Ack = defineMessage({
  type: 0x7f,
  name: 'Ack',
  sender: 'either',
  reliable: false,
  fields: [
    { name: 'next', type: 'u16' },
    { name: 'bitmap', type: 'u32' },
  ],
});
