import { defineMessage } from '../layout.js';

/** Answers a reliable message whose type the board does not know or whose payload it could not decode. SPEC 6.13. */
export const Refused = defineMessage({
  type: 0x8f,
  name: 'Refused',
  sender: 'board',
  reliable: true,
  fields: [
    { name: 'request', type: 'u16' },
    { name: 'status', type: 'u8' },
    { name: 'type', type: 'u8' },
  ],
});
