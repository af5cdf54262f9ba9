/** docs/life-of-a-slot.md tells the way of a received power: each file there hands it to the next. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const page = readFileSync('docs/life-of-a-slot.md', 'utf8');
const section = page.slice(page.indexOf('## The walk of one received power'));
const files = [...section.slice(0, section.indexOf('\n## ', 1)).matchAll(/^\d+\. `([^`]+)`/gm)].map(
  ([, file]) => file!,
);

/** Files that a file imports, relative to the project's root. */
function importsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/from '(\.[^']+)'/g)].map(([, specifier]) =>
    path.join(path.dirname(file), specifier!).replace(/\.js$/, '.ts'),
  );
}

/** What stands between rooms whose files do not name each other. */
const INTERFACES = [
  'src/bridge/bridge.ts',
  'src/sounding/powers.ts',
  'src/sounding/sounding.ts',
  'src/slots/testbed.ts',
];

it('lists files from the UE to the scheme', () => {
  expect(files.length).toBeGreaterThan(8);
  expect(files[0]).toBe('src/ue/agent.ts');
  expect(files.at(-1)).toBe('src/training/scheme.ts');
});

it.each(files.slice(1).map((file, k) => [files[k]!, file]))('%s and %s know one another', (from, to) => {
  const both = [importsOf(from), importsOf(to)];
  const directly = both[0]!.includes(to) || both[1]!.includes(from);
  const byInterface = INTERFACES.some((shared) => both.every((imports) => imports.includes(shared)));
  expect(directly || byInterface).toBe(true);
});
