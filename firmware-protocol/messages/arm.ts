import { defineMessage } from '../layout.js';

/** Whether the slot clock will start. SPEC 6.5. */
export const ArmResult = defineMessage({
  type: 0x85,
  name: 'ArmResult',
  sender: 'board',
  reliable: true,
  fields: [
    { name: 'request', type: 'u16' },
    { name: 'status', type: 'u8' },
  ],
});

/** Starts the slot clock, at a board time or at the trigger input. SPEC 6.5. */
export const Arm = defineMessage({
  type: 0x05,
  name: 'Arm',
  sender: 'host',
  reliable: true,
  response: ArmResult,
  fields: [
    { name: 'mode', type: 'u8', max: 1 },
    { name: 'firstSlot', type: 'u32' },
    { name: 'startTicks', type: 'u64', unit: 'ticks' },
    { name: 'slotTicks', type: 'u32', unit: 'ticks', min: 1 },
  ],
});
