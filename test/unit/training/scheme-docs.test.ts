/** docs/schemes.md against the list of schemes, and docs/how-to/add-a-scheme.md against the example that it shows. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { LEARNED_SCHEMES } from '../../../src/scenario/schemes.js';
import { definitionOf } from '../../../src/training/plugins/own-definition.js';
import { defineScheme } from '../../../src/training/plugins/own-scheme.js';
import type { SchemeDefinition } from '../../../src/training/scheme-definition.js';
import { BUILT_IN_SCHEMES } from '../../../src/training/schemes/list.js';

const NEEDS = {
  carrier: 'carrier',
  'planar array': 'planar array',
  band: 'band',
  'split beams': 'band, true delays',
} as const;

/** `rangeReduction` (true), … */
function optionsText({ options }: SchemeDefinition): string {
  const texts = Object.entries(options).map(([key, schema]) => {
    const value: unknown = z.safeParse(schema as z.ZodType, undefined).data;
    const text = value !== null && typeof value === 'object' && 'name' in value ? value.name : value;
    return text === undefined ? `\`${key}\`` : `\`${key}\` (${String(text)})`;
  });
  return texts.join(', ') || '-';
}

function rowOf(scheme: SchemeDefinition): string {
  const { name, title, source, needs, pilots } = scheme;
  return `| \`${name}\` | ${title} | ${source} | ${NEEDS[needs]} | ${optionsText(scheme)} | ${pilots} |`;
}

describe('docs/schemes.md', () => {
  it('lists every scheme with what its definition says', () => {
    const rows = readFileSync('docs/schemes.md', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    expect(rows).toEqual([...BUILT_IN_SCHEMES, ...LEARNED_SCHEMES].map(rowOf));
  });
});

describe('docs/how-to/add-a-scheme.md', () => {
  const page = readFileSync('docs/how-to/add-a-scheme.md', 'utf8');
  const blocks = [...page.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, language, text]) => ({
    language,
    text,
  }));

  it.each([
    ['js', 'two-stage-sweep.js'],
    ['yaml', 'scenario.yaml'],
    ['yaml', 'study.yaml'],
  ])('shows the example as it is: %s, %s', (language, file) => {
    const example = readFileSync(`examples/my-scheme/${file}`, 'utf8');
    expect(blocks.filter((block) => block.language === language).map(({ text }) => text)).toContain(example);
  });

  it('names every part that a scheme may have, and every tool that build is given', () => {
    const own = readFileSync('src/training/plugins/own-scheme.ts', 'utf8');
    const membersOf = (type: string) => {
      const body = new RegExp(`export interface ${type}.*?\\{\\n([\\s\\S]*?)\\n\\}`).exec(own)![1]!;
      return [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(]/gm)].map(([, name]) => name!);
    };
    const names = [...membersOf('OwnScheme'), ...membersOf('OwnSetting')];
    expect(names).toContain('codewordOfPhases');
    expect(names.length).toBeGreaterThan(18);
    for (const name of names) expect(page).toContain(`\`${name}`);
  });

  it('says how a scheme of beamloop is added: a file and a line of the list', () => {
    expect(page).toContain('src/training/schemes/list.ts');
  });
});

describe('defineScheme', () => {
  it('gives build the types of the options, and makes what a plain object makes', () => {
    const own = defineScheme({
      name: 'typed-sweep',
      title: 'Typed sweep',
      needs: 'carrier',
      options: ({ z: kit }) => ({
        reach: kit.int().default(2),
        mode: kit.enum(['fast', 'safe']).default('safe'),
      }),
      build({ options, polarEstimate, polar }) {
        const reach: number = options.reach;
        const mode: 'fast' | 'safe' = options.mode;
        return function* search() {
          yield [polar.codeword({ ring: 1, angleIndex: reach })];
          return polarEstimate({ ring: 1, angleIndex: mode === 'safe' ? reach : 1 });
        };
      },
    });
    expect(definitionOf(own, 'typed.js')).toMatchObject({
      name: 'typed-sweep',
      colour: null,
      plugin: 'typed.js',
    });
  });
});
