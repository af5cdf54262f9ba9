import { defineMessage } from '../layout.js';

/** Board time when the question's last byte came and when the answer's first byte left. SPEC 6.8. */
export const ClockReading = defineMessage({
  type: 0x88,
  name: 'ClockReading',
  sender: 'board',
  reliable: false,
  fields: [
    { name: 'token', type: 'u32' },
    { name: 'receivedTicks', type: 'u64', unit: 'ticks' },
    { name: 'sentTicks', type: 'u64', unit: 'ticks' },
  ],
});

/** Clock exchange and heartbeat. SPEC 6.8. */
export const ReadClock = defineMessage({
  type: 0x08,
  name: 'ReadClock',
  sender: 'host',
  reliable: false,
  response: ClockReading,
  fields: [{ name: 'token', type: 'u32' }],
});
