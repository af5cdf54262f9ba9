/**
 * Files are small enough to hold in the head: none has more than 400 lines, and half of them have fewer than 90. Tests may be
 * longer.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const FOLDERS = ['src', 'drivers', 'calibration', 'firmware-protocol'];
const MOST_LINES = 400;
const MEDIAN_BELOW = 90;

const files = FOLDERS.flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true })
    .map((name) => path.join(folder, String(name)))
    .filter((file) => /\.(ts|c|h)$/.test(file))
    .map((file) => ({ file, lines: readFileSync(path.join(root, file), 'utf8').split('\n').length - 1 })),
).sort((a, b) => b.lines - a.lines);
const median = files[Math.floor(files.length / 2)].lines;

const complaints = [
  ...files
    .filter(({ lines }) => lines > MOST_LINES)
    .map(({ file, lines }) => `${file} has ${lines} lines; split it by meaning, at most ${MOST_LINES}`),
  ...(median < MEDIAN_BELOW
    ? []
    : [`half of the files have ${median} lines or more; it was below ${MEDIAN_BELOW}`]),
];
for (const complaint of complaints) console.error(complaint);
if (complaints.length > 0) process.exitCode = 1;
else console.log(`${files.length} files, the longest of ${files[0].lines} lines, the median of ${median}`);
