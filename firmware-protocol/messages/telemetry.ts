import { defineMessage } from '../layout.js';

/** The board's condition; also sent unasked once a second. SPEC 6.10. */
export const Telemetry = defineMessage({
  type: 0x8a,
  name: 'Telemetry',
  sender: 'board',
  reliable: false,
  fields: [
    { name: 'temperatureCentiC', type: 'i16', unit: '0.01 °C' },
    { name: 'supplyMv', type: 'u16', unit: 'mV' },
    { name: 'queueDepth', type: 'u16', unit: 'slots' },
    { name: 'flags', type: 'u8' },
    { name: 'ticks', type: 'u64', unit: 'ticks' },
  ],
});

/** Asks for telemetry now. SPEC 6.10. */
export const ReadTelemetry = defineMessage({
  type: 0x0a,
  name: 'ReadTelemetry',
  sender: 'host',
  reliable: false,
  response: Telemetry,
  fields: [],
});
