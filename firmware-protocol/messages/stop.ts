import { defineMessage } from '../layout.js';

/** How many queued entries were dropped without a receipt. SPEC 6.6. */
export const StopResult = defineMessage({
  type: 0x86,
  name: 'StopResult',
  sender: 'board',
  reliable: true,
  fields: [
    { name: 'request', type: 'u16' },
    { name: 'status', type: 'u8' },
    { name: 'dropped', type: 'u16', unit: 'slots' },
  ],
});

/** Stops the slot clock and empties the queue. SPEC 6.6. */
export const Stop = defineMessage({
  type: 0x06,
  name: 'Stop',
  sender: 'host',
  reliable: true,
  response: StopResult,
  fields: [],
});
