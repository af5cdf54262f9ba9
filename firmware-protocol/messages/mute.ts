import { defineMessage } from '../layout.js';

/** The output is as asked. SPEC 6.7. */
export const MuteResult = defineMessage({
  type: 0x87,
  name: 'MuteResult',
  sender: 'board',
  reliable: true,
  fields: [
    { name: 'request', type: 'u16' },
    { name: 'status', type: 'u8' },
  ],
});

/** Switches the radiated output off or on. SPEC 6.7. */
export const Mute = defineMessage({
  type: 0x07,
  name: 'Mute',
  sender: 'host',
  reliable: true,
  response: MuteResult,
  fields: [{ name: 'muted', type: 'u8', max: 1 }],
});
