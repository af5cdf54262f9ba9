import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../../src/scenario/scenario.js';
import { emulatedSection } from '../../../src/testbed.js';

const scenario = (board: string) => `
array: { elements: 8, carrier: 10 GHz, rings: 2 }
board: ${board}
slots: { duration: 40 ms }
scheme: exhaustive
channel: { snr: 20 dB }
users: [{ id: ada, position: { distance: 3 m, angle: 20 deg } }]
radio: { sampleRate: 1 MHz }
`;

describe('section radio', () => {
  it('is refused with a board whose slots nobody counts, and taken with one of ours', () => {
    const parse = (board: string) => parseScenario(scenario(board), 'r.yaml', emulatedSection);
    expect(() => parse('{ driver: iio-adar1000, port: emulated }')).toThrow(
      expect.objectContaining({ code: 'SCENARIO_INVALID', where: 'r.yaml, radio' }),
    );
    expect(() => parse('{ port: emulated }')).not.toThrow();
    expect(() => parse('{ driver: native, port: emulated }')).not.toThrow();
  });
});
