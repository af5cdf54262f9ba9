/** Emulated users that are not where the scenario says, and whose receivers clip. */
import { describe, expect, it } from 'vitest';
import { BeamloopError } from '../../../src/core/errors.js';
import { parseScenario } from '../../../src/scenario/scenario.js';
import { polarCodebookOf, usersOf } from '../../../src/scenario/users.js';
import { emulatedSection } from '../../../src/testbed.js';

function users(given: string) {
  const text = `
array: { elements: 16, carrier: 28 GHz, rings: 3 }
board: { port: emulated }
slots: { duration: 1 ms }
scheme: dpc
channel: { snr: 20 dB, scatterers: 0, ricianFactor: Infinity }
users: ${given}
`;
  const { scenario } = parseScenario(text, 'users.yaml', emulatedSection);
  return usersOf(scenario, polarCodebookOf(scenario));
}

function complaint(given: string): string {
  try {
    users(given);
  } catch (error) {
    if (error instanceof BeamloopError) return error.message;
  }
  return 'accepted';
}

describe('a user that is not where the scenario says', () => {
  it('has the channel of where it is, and keeps the place that it is taken to be at', () => {
    const [user] = users('[{ id: ada, position: [2 m, 1 m], emulatedAt: [2.1 m, 0.9 m] }]');
    expect(user!.positionM).toEqual([2, 1]);
    expect(user!.truth!.positionM).toEqual([2.1, 0.9]);
    expect(user!.truth!.paths[0]!.positionM).toEqual([2.1, 0.9]);
  });

  it.each([
    ['[{ id: ada, emulatedAt: [2 m, 1 m] }]', "'emulatedAt': needs a 'position' that it differs from"],
    [
      '[{ id: ada, position: [2 m, 1 m], emulatedAt: [2 m, 1 m], paths: [{ gain: [1, 0], position: [2 m, 1 m] }] }]',
      "does not go with 'paths'",
    ],
    ['[{ id: ada, position: [2 m, 1 m], emulatedAt: [-2 m, 1 m] }]', 'users[1].emulatedAt'],
    ['[{ id: ada, position: [2 m, 1 m], emulatedAt: [2 m, 1 m, 1 m] }]', 'users[1].emulatedAt'],
  ])('%s is refused', (given, said) => {
    expect(complaint(given)).toContain(said);
  });
});

it('full scale is told in dB over a pilot of unit norm, and is a power', () => {
  const [clipping, free] = users(
    '[{ id: ada, position: [2 m, 1 m], fullScale: 20 dB }, { id: bela, position: [2 m, 0 m] }]',
  );
  expect(clipping!.truth!.fullScale).toBeCloseTo(100, 9);
  expect(free!.truth!.fullScale).toBeNull();
});
