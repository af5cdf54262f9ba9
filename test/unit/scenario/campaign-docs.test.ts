/** docs/scenario.md and docs/recording.md against the schemas that they describe. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { emulatedSection } from '../../../src/emulation/emulated-section.js';
import { columnsOf, TABLE_NAMES } from '../../../src/record/schema.js';
import { parseScenario } from '../../../src/scenario/scenario.js';
import { polarCodebookOf, usersOf } from '../../../src/scenario/users.js';

const scenarioDoc = readFileSync('docs/scenario.md', 'utf8');
const recordingDoc = readFileSync('docs/recording.md', 'utf8');

describe('docs/scenario.md', () => {
  const example = /```yaml\n([\s\S]*?)```/.exec(scenarioDoc)![1]!;

  const table = /```yaml\n(board: [\s\S]*?)```/.exec(scenarioDoc)![1]!;

  it('shows a scenario that can be read, with three users and a calibration table of two elements', () => {
    const { scenario, calibration } = parseScenario(example, 'scenario.md', emulatedSection, table);
    expect(calibration!.table.boardSerialNumber).toBe('A7-0042');
    expect(calibration!.table.phaseErrorRad[1]).toBeCloseTo((-11 * Math.PI) / 180, 12);
    expect(calibration!.table.delayErrorS).toEqual(Float64Array.of(1.2e-12, 0));
    const users = usersOf(scenario, polarCodebookOf(scenario));
    expect(users.map(({ truth }) => truth!.paths.length)).toEqual([6, 4, 1]);
  });

  it.each(['title', 'channel', 'bridge', 'slots', 'array', 'board'])(
    'example key %s is read: misspelt, it is refused',
    (key) => {
      const misspelt = example.replace(new RegExp(`^${key}:`, 'm'), `${key}x:`);
      expect(misspelt).not.toBe(example);
      expect(() => parseScenario(misspelt, 'scenario.md', emulatedSection)).toThrow(`${key}x`);
    },
  );

  it('names every key of board.emulated', () => {
    const json = z.toJSONSchema(emulatedSection, { io: 'input', unrepresentable: 'any' });
    const keys = Object.keys(json.properties!);
    expect(keys).toContain('phaseBits');
    for (const key of keys) expect(scenarioDoc).toContain(`\`${key}\``);
  });
});

describe('docs/recording.md', () => {
  it.each(TABLE_NAMES)('describes table %s with every column', (table) => {
    const heading = new RegExp(`^### .*\`${table}\``, 'm').exec(recordingDoc);
    expect(heading).not.toBeNull();
    const section = recordingDoc.slice(heading!.index).split(/\n#+ /)[0]!;
    for (const { sqlName } of columnsOf(table)) expect(section).toContain(`\`${sqlName}\``);
  });
});
