import { defineMessage } from '../layout.js';

/** What the board latched, when, and how well. SPEC 6.11. */
export const Receipts = defineMessage({
  type: 0x90,
  name: 'Receipts',
  sender: 'board',
  reliable: true,
  fields: [
    {
      name: 'entries',
      type: 'list16',
      maxCount: 40,
      fields: [
        { name: 'slot', type: 'u32' },
        { name: 'index', type: 'u16' },
        { name: 'hash', type: 'u64' },
        { name: 'ticks', type: 'u64', unit: 'ticks' },
        { name: 'status', type: 'u8' },
      ],
    },
  ],
});
