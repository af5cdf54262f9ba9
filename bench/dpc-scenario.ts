/** Users that are trained by DPC on 512 emulated elements, as several benchmarks have them. */
export const dpcScenario = (numUsers: number, emulated = '{}') => `
array: { elements: 512, carrier: 100 GHz, rings: 6 }
board: { port: emulated, baud: 3e6, emulated: ${emulated} }
slots: { duration: 125 us }
scheme: dpc
channel: { snr: 20 dB }
users: { count: ${numUsers} }
`;
