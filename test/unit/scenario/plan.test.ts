import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { prepare } from '../../../src/scenario/plan.js';
import { planOnBoard } from '../../../src/scenario/plan-on-board.js';
import { parseScenario } from '../../../src/scenario/scenario.js';
import { assumedBoard, emulatedSection } from '../../../src/testbed.js';

const firstLight = readFileSync('scenarios/first-light.yaml', 'utf8');

function planned(text: string) {
  const { scenario } = parseScenario(text, 'scenarios/try.yaml', emulatedSection);
  return planOnBoard(prepare(scenario), assumedBoard(scenario), null);
}

const planOf = (text: string) => planned(text).demand;

describe('the plan of a scenario', () => {
  it('holds the 2 log2 N + 60 pilots of the diverging-codeword search', () => {
    const demand = planOf(firstLight);
    expect(demand).toMatchObject({ numPilots: 78, largestBatch: 60, largestBatchCodewords: 60 });
    // 512 elements of 6 + 1 bits are 448 bytes, 476 on the line; no codeword is sent twice to one user.
    const queueBytes = 9 * (2 + 2 * 6 + 9 + 1 + 2) + (2 + 60 * 6 + 9 + 2 + 2);
    expect(demand.link.bytes).toBe(78 * 476 + queueBytes);
    expect(demand.link.timeS).toBeCloseTo((demand.link.bytes * 10) / 3e6, 9);
  });

  it('holds the whole codebook for exhaustive search, in pieces that fit the queue', () => {
    const demand = planOf(firstLight.replace('scheme: dpc', 'scheme: exhaustive'));
    expect(demand).toMatchObject({ numPilots: 3072, largestBatch: 3072 });
    expect(() =>
      planOf(
        firstLight
          .replace('scheme: dpc', 'scheme: exhaustive')
          .replace('  turnaround: 2 ms', '  contiguous: true'),
      ),
    ).toThrow(/3072 pilots does not fit the board's queue of 1024/);
  });

  it('is refused when it takes longer than the channel holds still', () => {
    const text = firstLight.replace('  turnaround: 2 ms', '  userTimeLimit: 100 ms');
    expect(() => planOf(text)).toThrow(/more than the 100 ms allowed; .* bytes at 3000000 baud/);
    expect(planOf(text.replace('100 ms', '200 ms')).userTimeS).toBeLessThan(0.2);
  });
});

describe('warnings of a plan', () => {
  const wideband = readFileSync('scenarios/wideband.yaml', 'utf8');
  const onGrid = wideband.replace('estimator: matched-filter', 'estimator: on-grid');

  it('are none where all is well', () => {
    expect(planned(onGrid).warnings).toEqual([]);
    expect(planned(firstLight).warnings).toEqual([]);
  });

  it('tell what the pilots leave unsearched, as the codebook does', () => {
    expect(planned(onGrid.replace('subcarriers: 1024', 'subcarriers: 64')).warnings).toEqual([
      expect.stringMatching(/12\.297 times as far apart .*; 789 subcarriers would do, there are 64/),
    ]);
    expect(planned(onGrid.replace('pilots: 3', 'pilots: 1')).warnings).toEqual([
      expect.stringMatching(/With 1 pilot, .* of the rings are missed; 2 would do/),
    ]);
  });

  it('name users whom the pilots do not look for', () => {
    const users = onGrid
      .replace('angle: 47 deg', 'angle: 70 deg')
      .replace('distance: 28 m', 'distance: 31 m');
    expect(planned(users).warnings).toEqual([
      'The pilots search ±60.0° and 5 to 30 m (array.sector), and not where dora at 15.00 m, 70.0°; fay at 31.00 m, 9.0° will be',
    ]);
    const all = onGrid.replace('distance: [5 m, 30 m]', 'distance: [50 m, 90 m]');
    expect(planned(all).warnings.join()).toContain(' and 3 others will be');
  });
});

describe('UEs that estimate by themselves', () => {
  const planFor = (elements: number, scheme: string) =>
    planOf(`
array: { elements: ${elements}, carrier: 30 GHz, bandwidth: 5 GHz, subcarriers: 64, sector: { angle: 60 deg, distance: [5 m, 30 m] } }
board: { port: emulated, emulated: { delayBits: 16, delayLsb: 1 ps } }
slots: { duration: 125 us }
scheme: ${scheme}
bridge: { feedback: estimate }
channel: { beamformedSnr: 15 dB }
users: { count: 2 }
`);

  it('can be told of no more beams than a message has room for', () => {
    const rainbow = (rings: number, estimator: string) =>
      planFor(256, `{ name: near-field-rainbow, rings: ${rings}, estimator: ${estimator} }`);
    // Phases and delays of 256 elements are 2 x 2732 characters of base64.
    expect(() => rainbow(200, 'matched-filter')).toThrow(
      /told of 200 pilots .* takes 11\d{5} characters; a message has room for 1000000 \(bridge\.feedback\)/,
    );
    expect(rainbow(170, 'matched-filter').numPilots).toBe(170);
    expect(rainbow(200, '{ name: matched-filter, dictionary: ideal }').numPilots).toBe(200);
    expect(rainbow(200, 'on-grid').numPilots).toBe(200);
  });

  it('keep the powers of so many pilots and no more', () => {
    const tdps = (pilots: number) =>
      planFor(8, `{ name: tdps, pilots: ${pilots}, estimator: on-grid }`).numPilots;
    expect(tdps(4096)).toBe(4096);
    expect(() => tdps(4097)).toThrow(
      /keep the powers of 1 to 4096 pilots .* not of 4097 \(bridge\.feedback\)/,
    );
  });

  it('name users nearer than the rings of the codebook, and how many rings reach them', () => {
    const [warning, ...others] = planned(firstLight.replace('rings: 6', 'rings: 3')).warnings;
    expect(others).toEqual([]);
    expect(warning).toBe(
      'The nearest of 3 rings is at 33.98 m: ada at 8.69 m, -38.0°; bela at 15.69 m, 21.0°; chen at 23.64 m, -7.0° are nearer ' +
        'than its codewords focus and may not be found; array.rings: 6 reaches as near',
    );
    expect(planned(firstLight.replace('rings: 6', 'rings: 1')).warnings.join()).toContain('is at infinity: ');
  });

  it('say where of the scenario scheme and array do not go together', () => {
    expect(() => planned(firstLight.replace('elements: 512', 'elements: 500'))).toThrow(
      /power of two of elements, not 500 \(scheme, array of the scenario\)/,
    );
  });
});
