import { defineMessage } from '../layout.js';

/** Most lines of a board. */
export const MAX_LINES = 1024;

/** Most delays in one answer. */
export const MAX_LINE_DELAYS = 240;

/** How many lines there are, and the delays asked for. SPEC 6.14. */
export const LineDelays = defineMessage({
  type: 0x8b,
  name: 'LineDelays',
  sender: 'board',
  reliable: true,
  fields: [
    { name: 'request', type: 'u16' },
    { name: 'status', type: 'u8' },
    { name: 'numLines', type: 'u16', max: MAX_LINES },
    { name: 'line', type: 'u16' },
    { name: 'firstElement', type: 'u16' },
    {
      name: 'delays',
      type: 'list16',
      maxCount: MAX_LINE_DELAYS,
      fields: [{ name: 'delayFs', type: 'u32', unit: 'fs' }],
    },
  ],
});

/** Asks for nominal delays of one fixed line, or with count 0 only how many lines there are. SPEC 6.14. */
export const ReadLines = defineMessage({
  type: 0x0b,
  name: 'ReadLines',
  sender: 'host',
  reliable: true,
  response: LineDelays,
  fields: [
    { name: 'line', type: 'u16' },
    { name: 'firstElement', type: 'u16' },
    { name: 'count', type: 'u16', unit: 'elements', max: MAX_LINE_DELAYS },
  ],
});
