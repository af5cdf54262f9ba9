/**
 * The equations of docs/model.md: numbered in order, each citation names one that exists, and each is cited in the code or is
 * said to be background. Papers' own equations are cited as "[LXZ] eq. 10" or "the paper's eq. 15" and are not ours.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const CODE = ['src', 'drivers', 'calibration', 'firmware-protocol', 'bench'];
const OTHERS = ['test', 'docs', 'scenarios'];
const CITATION =
  /(?<!'s |\] )\b[Ee]q\.\s(\d+(?:(?:,| and| to|, and)\s+(?:\*\s+|\/\/\s+)?\d+(?![\w.]))*)([a-z](?![a-z]))?/g;

interface Citation {
  readonly where: string;
  readonly text: string;
  readonly numbers: readonly number[];
}

function citationsOf(text: string, where: string): Citation[] {
  return [...text.matchAll(CITATION)].map(([whole, list, suffix]) => {
    const numbers = [...list!.matchAll(/(\d+)(?:\s+to\s+(?:\*\s+|\/\/\s+)?(\d+))?/g)].flatMap(
      ([, from, to]) => {
        const first = Number(from);
        return to === undefined
          ? [first]
          : Array.from({ length: Math.max(0, Number(to) - first + 1) }, (_, k) => first + k);
      },
    );
    // A number with a letter is none of ours; an empty range names nothing.
    return { where, text: whole, numbers: suffix === undefined && numbers.length > 0 ? numbers : [0] };
  });
}

function citationsIn(folders: readonly string[]): Citation[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true })
      .map(String)
      .filter((name) => /\.(ts|md|c|h|yaml)$/.test(name) && !name.endsWith('model-equations.test.ts'))
      .flatMap((name) => {
        const file = path.join(folder, name);
        return citationsOf(readFileSync(file, 'utf8'), file);
      }),
  );
}

const model = readFileSync('docs/model.md', 'utf8');
const tags = [...model.matchAll(/\\tag\{([^}]*)\}/g)].map(([, tag]) => tag);
const background = /^Background, which no code cites: (.*)\.$/m.exec(model)?.[0] ?? '';

describe('the equations of docs/model.md', () => {
  it('are numbered in order, without gaps', () => {
    // `npm run renumber` puts numbers and citations in order.
    expect(tags).toEqual(tags.map((_, k) => String(k + 1)));
    expect(tags.length).toBeGreaterThan(80);
  });

  it('are all that is cited', () => {
    const wrong = citationsIn([...CODE, ...OTHERS]).filter(({ numbers }) =>
      numbers.some((number) => number < 1 || number > tags.length),
    );
    expect(wrong).toEqual([]);
  });

  it('are each cited in the code or said to be background', () => {
    const cited = new Set(citationsIn(CODE).flatMap(({ numbers }) => numbers));
    const said = citationsOf(background, 'docs/model.md').flatMap(({ numbers }) => numbers);
    const uncited = tags.map(Number).filter((number) => !cited.has(number));
    expect(said).toEqual(uncited);
  });
});

describe('a citation', () => {
  it.each<[string, number[]]>([
    ['(docs/model.md eq. 4 to 6)', [4, 5, 6]],
    ['eq. 3, 19)', [3, 19]],
    ['eq. 35 to\n * 37).', [35, 36, 37]],
    ['eq. 46 and 47). Eq. 9', [46, 47, 9]],
    ['eq. 24, with 3 bits', [24]],
    ['eq. 17b', [0]],
    ["[LXZ] eq. 10, the paper's eq. 15", []],
  ])('is read: %s', (text, numbers) => {
    expect(citationsOf(text, 'here').flatMap((one) => one.numbers)).toEqual(numbers);
  });
});
