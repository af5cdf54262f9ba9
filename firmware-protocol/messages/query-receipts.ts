import { defineMessage } from '../layout.js';

/** How many receipts the log holds; they follow as Receipts messages. SPEC 6.9. */
export const QueryReceiptsResult = defineMessage({
  type: 0x89,
  name: 'QueryReceiptsResult',
  sender: 'board',
  reliable: true,
  fields: [
    { name: 'request', type: 'u16' },
    { name: 'status', type: 'u8' },
    { name: 'found', type: 'u16', unit: 'slots' },
  ],
});

/** Asks again for the receipts of a range of slots. SPEC 6.9. */
export const QueryReceipts = defineMessage({
  type: 0x09,
  name: 'QueryReceipts',
  sender: 'host',
  reliable: true,
  response: QueryReceiptsResult,
  fields: [
    { name: 'firstSlot', type: 'u32' },
    { name: 'count', type: 'u16', unit: 'slots' },
  ],
});
