import { defineMessage } from '../layout.js';

/** How many codewords, from the front, are valid now. SPEC 6.18. */
export const LoadSplitsResult = defineMessage({
  type: 0x91,
  name: 'LoadSplitsResult',
  sender: 'board',
  reliable: true,
  fields: [
    { name: 'request', type: 'u16' },
    { name: 'status', type: 'u8' },
    { name: 'loaded', type: 'u16', unit: 'codewords' },
  ],
});

/** Codewords of phases and delays, as the two points that split the beam over the band. SPEC 6.18. */
export const LoadSplits = defineMessage({
  type: 0x11,
  name: 'LoadSplits',
  sender: 'host',
  reliable: true,
  response: LoadSplitsResult,
  fields: [
    {
      name: 'entries',
      type: 'list16',
      maxCount: 19,
      fields: [
        { name: 'index', type: 'u16' },
        { name: 'hash', type: 'u64' },
        { name: 'corrected', type: 'u8', max: 1 },
        { name: 'line', type: 'u16' },
        { name: 'phaseSin', type: 'f64' },
        { name: 'phaseRing', type: 'f64', unit: '1/m' },
        { name: 'delaySin', type: 'f64' },
        { name: 'delayRing', type: 'f64', unit: '1/m' },
        { name: 'shift', type: 'f64', unit: 's', min: -1, max: 1 },
      ],
    },
  ],
});
