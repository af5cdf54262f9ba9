import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkPlan, prepare } from '../../src/campaign/plan.js';
import { parseScenario } from '../../src/campaign/scenario.js';
import { assumedBoard, emulatedSection } from '../../src/testbed.js';

const firstLight = readFileSync('scenarios/first-light.yaml', 'utf8');

function planOf(text: string) {
  const { scenario } = parseScenario(text, 'scenarios/try.yaml', emulatedSection);
  return checkPlan(prepare(scenario), assumedBoard(scenario));
}

describe('the plan of a scenario', () => {
  it('holds the 2 log2 N + 60 pilots of the diverging-codeword search', () => {
    const demand = planOf(firstLight);
    expect(demand).toMatchObject({ numPilots: 78, largestBatch: 60, largestBatchCodewords: 60 });
    // 512 elements of 6 + 1 bits are 448 bytes, 476 on the line; no codeword is sent twice to one user.
    const queueBytes = 9 * (2 + 2 * 6 + 9 + 1 + 2) + (2 + 60 * 6 + 9 + 2 + 2);
    expect(demand.lineBytes).toBe(78 * 476 + queueBytes);
    expect(demand.lineTimeS).toBeCloseTo((demand.lineBytes * 10) / 3e6, 9);
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
