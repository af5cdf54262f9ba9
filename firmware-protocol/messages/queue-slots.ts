import { defineMessage } from '../layout.js';

/** All entries of a QueueSlots were accepted, or none. SPEC 6.4. */
export const QueueSlotsResult = defineMessage({
  type: 0x84,
  name: 'QueueSlotsResult',
  sender: 'board',
  reliable: true,
  fields: [
    { name: 'request', type: 'u16' },
    { name: 'status', type: 'u8' },
    { name: 'accepted', type: 'u16', unit: 'slots' },
    { name: 'free', type: 'u16', unit: 'slots' },
  ],
});

/** Queues codewords for slots ahead of time. SPEC 6.4. */
export const QueueSlots = defineMessage({
  type: 0x04,
  name: 'QueueSlots',
  sender: 'host',
  reliable: true,
  response: QueueSlotsResult,
  fields: [
    {
      name: 'entries',
      type: 'list16',
      maxCount: 150,
      fields: [
        { name: 'slot', type: 'u32' },
        { name: 'index', type: 'u16' },
      ],
    },
  ],
});
