import { defineMessage } from '../layout.js';

/** Whether the board expands codewords from now on. SPEC 6.15. */
export const GeometryResult = defineMessage({
  type: 0x8c,
  name: 'GeometryResult',
  sender: 'board',
  reliable: true,
  fields: [
    { name: 'request', type: 'u16' },
    { name: 'status', type: 'u8' },
    { name: 'corrections', type: 'u8', max: 1 },
  ],
});

/** Where the board's elements stand in the array, and at which frequency phases are meant. SPEC 6.15. */
export const SetGeometry = defineMessage({
  type: 0x0c,
  name: 'SetGeometry',
  sender: 'host',
  reliable: true,
  response: GeometryResult,
  fields: [
    { name: 'arrayElements', type: 'u16', min: 1 },
    { name: 'firstElement', type: 'u16' },
    { name: 'mirrored', type: 'u8', max: 1 },
    { name: 'carrierHz', type: 'f64', unit: 'Hz', min: 1e6, max: 1e13 },
    { name: 'speedOfLight', type: 'f64', unit: 'm/s', min: 1e8, max: 3.1e8 },
    { name: 'spacing', type: 'f64', unit: 'm', min: 1e-7, max: 1e3 },
    { name: 'spacingTurns', type: 'f64', unit: 'wavelengths', min: 1e-3, max: 1e3 },
  ],
});
