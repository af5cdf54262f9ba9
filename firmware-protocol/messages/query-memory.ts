import { defineMessage } from '../layout.js';

/** What the codeword memory holds, entry by entry. SPEC 6.3. */
export const MemoryContents = defineMessage({
  type: 0x83,
  name: 'MemoryContents',
  sender: 'board',
  reliable: true,
  fields: [
    { name: 'request', type: 'u16' },
    { name: 'status', type: 'u8' },
    { name: 'firstIndex', type: 'u16' },
    {
      name: 'entries',
      type: 'list16',
      maxCount: 100,
      fields: [
        { name: 'valid', type: 'u8', max: 1 },
        { name: 'hash', type: 'u64' },
      ],
    },
  ],
});

/** Asks what the codeword memory holds. SPEC 6.3. */
export const QueryMemory = defineMessage({
  type: 0x03,
  name: 'QueryMemory',
  sender: 'host',
  reliable: true,
  response: MemoryContents,
  fields: [
    { name: 'firstIndex', type: 'u16' },
    { name: 'count', type: 'u16', max: 100 },
  ],
});
