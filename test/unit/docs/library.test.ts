/** docs/library.md lists every export of the entry once, with a line, and nothing else. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const entry = readFileSync('src/index.ts', 'utf8');
const page = readFileSync('docs/library.md', 'utf8');

function exportedNames(text: string): string[] {
  return [...text.matchAll(/^export (?:type )?\{([^}]*)\} from '[^']*';$/gm)].flatMap(([, list]) =>
    list!
      .split(',')
      .map((name) => name.trim().replace(/^type /, ''))
      .filter((name) => name !== ''),
  );
}

it('lists every export of the entry once', () => {
  const listed = [...page.matchAll(/^\| `(\w+)` \| (\S.*) \|$/gm)].map(([, name]) => name!);
  expect(listed.toSorted()).toEqual(exportedNames(entry).toSorted());
});

it('reads an entry that exports what others define, and nothing in another way', () => {
  const rest = entry
    .replace(/^\/\*\*[\s\S]*?\*\//, '')
    .replace(/^export (?:type )?\{[^}]*\} from '[^']*';$/gm, '');
  expect(rest.trim()).toBe('');
  expect(
    exportedNames("export {\n  a,\n  type B,\n} from './x.js';\nexport type { C } from './y.js';"),
  ).toEqual(['a', 'B', 'C']);
});
