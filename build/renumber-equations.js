/**
 * Numbers the equations of docs/model.md in the order in which they stand, and changes every citation of them with it. A new
 * equation may have any tag until then, such as 7a. Citations of papers' equations ("[LXZ] eq. 1", "the paper's eq. 8") stay.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const FOLDERS = ['src', 'drivers', 'calibration', 'firmware-protocol', 'bench', 'test', 'docs', 'scenarios'];
const TAG = /\\tag\{(\w+)\}/g;
/** One or more numbers, perhaps over the end of a line of a comment. */
const CITATION =
  /(?<!'s |\] )\b([Ee]q\.\s)(\d+[a-z]?(?:(?:,| and| to|, and)\s+(?:\*\s+|\/\/\s+)?\d+[a-z]?(?![\w.]))*)/g;

const model = path.join(root, 'docs/model.md');
const tags = [...readFileSync(model, 'utf8').matchAll(TAG)].map(([, tag]) => tag);
const numberOf = new Map(tags.map((tag, k) => [tag, String(k + 1)]));

function renumber(text, file) {
  return text.replace(CITATION, (citation, prefix, numbers) => {
    const renumbered = numbers.replace(/\d+[a-z]?/g, (tag) => {
      const number = numberOf.get(tag);
      if (number === undefined) throw new Error(`${file}: there is no eq. ${tag}`);
      return number;
    });
    for (const [, from, to] of numbers.matchAll(/(\d+[a-z]?) to\s+(?:\*\s+|\/\/\s+)?(\d+[a-z]?)/g)) {
      if (numberOf.get(to) - numberOf.get(from) !== Number.parseInt(to, 10) - Number.parseInt(from, 10)) {
        console.warn(`${file}: "${citation}" has become another range, "${prefix}${renumbered}": look at it`);
      }
    }
    return prefix + renumbered;
  });
}

for (const folder of FOLDERS) {
  for (const name of readdirSync(path.join(root, folder), { recursive: true }).map(String)) {
    if (!/\.(ts|md|c|h|yaml)$/.test(name)) continue;
    const file = path.join(root, folder, name);
    const text = readFileSync(file, 'utf8');
    const renumbered = renumber(text, path.join(folder, name));
    const inOrder =
      file === model ? renumbered.replace(TAG, (_, tag) => `\\tag{${numberOf.get(tag)}}`) : renumbered;
    if (inOrder !== text) writeFileSync(file, inOrder);
  }
}
console.log(tags.map((tag, k) => `${tag} -> ${k + 1}`).join('\n'));
