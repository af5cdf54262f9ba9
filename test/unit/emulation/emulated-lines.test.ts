/** What a scenario says about an emulated board with delays, and what the board is then. */
import { describe, expect, it } from 'vitest';
import { focusDelayS } from '../../../src/codebook/beam-split.js';
import { BeamloopError } from '../../../src/core/errors.js';
import { impairmentsOf } from '../../../src/emulation/emulated-section.js';
import { parseScenario } from '../../../src/scenario/scenario.js';
import { linearArrayOf } from '../../../src/scenario/users.js';
import { assumedBoard, emulatedSection } from '../../../src/testbed.js';

const SCHEME =
  '{ name: tdps, pilots: 3, delayParameters: [31.727, -0.53375], phaseParameters: [-30, 0.5809375] }';

function scenario(emulated: string, scheme = SCHEME, elements = 64) {
  const text = `
array:
  elements: ${elements}
  carrier: 30 GHz
  speedOfLight: 3e8 m/s
  bandwidth: 5 GHz
  subcarriers: 128
  sector: { angle: 60 deg, distance: [5 m, 30 m] }
board: { emulated: ${emulated} }
slots: { duration: 125 us }
scheme: ${scheme}
users: { count: 1 }
channel: { snr: 20 dB }
`;
  return parseScenario(text, 'test.yaml', emulatedSection).scenario;
}

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof BeamloopError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'accepted';
}

describe('lines of an emulated board', () => {
  it('are made for the pilots of the scheme, after one of no delay', () => {
    for (const lines of ['scheme', '{ from: scheme }']) {
      const given = scenario(`{ lines: ${lines} }`);
      const { delayLinesS, lineBits } = assumedBoard(given);
      expect(lineBits).toBe(2);
      expect(delayLinesS).toHaveLength(4);
      expect(delayLinesS![0]).toEqual(new Float64Array(64));
      for (let k = 0; k < 3; k++) {
        const point = { sinAngle: 31.727 - (2 * k) / 3, ringPerM: -0.53375 };
        const wanted = focusDelayS(linearArrayOf(given, 'A test'), point);
        for (const [n, delay] of delayLinesS![k + 1]!.entries()) {
          expect(Math.abs(delay - wanted[n]!)).toBeLessThan(0.51e-15);
        }
      }
    }
    const without = assumedBoard(scenario('{ lines: { from: scheme, direct: false } }'));
    expect(without.delayLinesS).toHaveLength(3);
    const rainbow = assumedBoard(scenario('{ lines: scheme }', '{ name: near-field-rainbow, rings: 5 }'));
    expect(rainbow.delayLinesS).toHaveLength(6);
    expect(rainbow.lineBits).toBe(3);
  });

  it('are made once for pilots of the same delays', () => {
    const byPhases = SCHEME.replace('pilots: 3', 'pilots: 3, interleaving: phases');
    const { delayLinesS, lineBits } = assumedBoard(scenario('{ lines: scheme }', byPhases));
    expect(delayLinesS).toHaveLength(2);
    expect(lineBits).toBe(1);
    expect(delayLinesS![0]).toEqual(new Float64Array(64));
    const alone = assumedBoard(scenario('{ lines: { from: scheme, direct: false } }', byPhases));
    expect(alone.delayLinesS).toEqual([delayLinesS![1]]);
    expect(alone.lineBits).toBe(0);
  });

  it('may be listed', () => {
    const { delayLinesS, lineBits } = assumedBoard(
      scenario('{ lines: { delays: [[0, 1 ns], [2 ps, 3.5 ps]] } }', 'exhaustive', 2),
    );
    expect(delayLinesS).toEqual([Float64Array.of(0, 1e-9), Float64Array.of(2e-12, 3.5e-12)]);
    expect(lineBits).toBe(1);
  });

  it('are refused when they fit neither array nor scheme', () => {
    const board = (emulated: string, scheme?: string) =>
      refusal(() => assumedBoard(scenario(emulated, scheme)));
    expect(board('{ lines: { delays: [[0, 1 ns]] } }')).toMatch(
      /^SCENARIO_INVALID: Line 1 has 2 delays and the board 64 elements/,
    );
    const many = (pilots: number) => SCHEME.replace('pilots: 3', `pilots: ${pilots}`);
    expect(board('{ lines: scheme }', many(1023))).toBe('accepted');
    expect(board('{ lines: scheme }', many(1024))).toMatch(
      /^SCENARIO_INVALID: The pilots of the scheme ask for 1025 fixed lines; a board can tell of 1024 .*board\.emulated\.lines/,
    );
    expect(board('{ lines: scheme }', 'exhaustive')).toMatch(
      /^SCENARIO_INVALID: The pilots of exhaustive have no delays .*board\.emulated\.lines/,
    );
    expect(board('{ lines: { delays: [[-1 ps]] } }')).toMatch(/SCENARIO_INVALID: .*must not be negative/);
    expect(board('{ lines: { from: scheme, directt: true } }')).toMatch(/directt/);
  });
});

it('a board without bits of phase is refused: a codeword on the wire has some', () => {
  const refused = refusal(() => scenario('{ phaseBits: 0, delayBits: 8, delayLsb: 16 ps }'));
  expect(refused).toMatch(
    /^SCENARIO_INVALID: 'phaseBits': must be at least 1, not 0 .*test\.yaml:\d+, board\.emulated\.phaseBits/,
  );
});

it('a delay that a board could not tell is refused', () => {
  const refused = refusal(() => scenario('{ delayBits: 8, delayLsb: 2.1 s }'));
  expect(refused).toMatch(/^SCENARIO_INVALID: 'delayLsb': must be at most 4\.29 us/);
  expect(refusal(() => scenario('{ delayBits: 8, delayLsb: 4.29 us }'))).toBe('accepted');
  expect(refusal(() => scenario('{ delayBits: 8, delayLsb: 1 ps, delayRange: 1e9 }'))).toMatch(
    /'delayRange'/,
  );
});

describe('delays and their errors', () => {
  it('go to whole femtoseconds, as the board tells them, with a range of their own', () => {
    const board = assumedBoard(scenario('{ delayBits: 8, delayLsb: 15.6254 ps, delayRange: 2 ns }'));
    expect(board.delayLsbS).toBe(15625e-15);
    expect(board.delayRangeS).toBe(2e-9);
    expect(assumedBoard(scenario('{ delayBits: 8, delayLsb: 15 ps }')).delayRangeS).toBe(3825e-12);
    expect(assumedBoard(scenario('{}'))).toMatchObject({ delayRangeS: 0, delayLinesS: null, lineBits: 0 });
  });

  it('are read with their units', () => {
    const { board, seed } = scenario(
      '{ impairments: { delayError: 1 ps, lineError: 2 ps, insertionLoss: { perNs: 0.02 dB, switch: 0.5 dB } } }',
    );
    expect(impairmentsOf(board.emulated, seed, null)).toMatchObject({
      delayErrorRmsS: 1e-12,
      lineErrorRmsS: 2e-12,
      delayLossDbPerS: 0.02e9,
      switchLossDb: 0.5,
    });
  });
});
