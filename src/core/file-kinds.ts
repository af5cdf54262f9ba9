/** What a file is, told by its first bytes and keys: so that a file of another kind is met with one line that helps. */
import { shellWord } from './shell-word.js';

/** Kinds of settings files. */
export type SettingsKind =
  | 'scenario'
  | 'study'
  | 'model file'
  | 'calibration table'
  | 'board description'
  | 'board template'
  | 'faults file';

/** What to do with a file of each kind; `file` is its path. */
const USE: Readonly<Record<SettingsKind, (file: string) => string>> = {
  scenario: (file) => `Carry it out with: beamloop run ${shellWord(file)}`,
  study: (file) => `Carry it out with: beamloop study ${shellWord(file)}`,
  'model file': (file) => `Carry it out with: beamloop train ${shellWord(file)} --out <folder>`,
  'calibration table': () => 'Name it in a scenario, as board.calibration, and run that',
  'board description': (file) => `Give it to: beamloop emulate-board --settings ${shellWord(file)}`,
  'board template': () => 'Name it in a scenario, as board.file with driver: template, and run that',
  'faults file': (file) => `Give it to: beamloop run <scenario> --faults ${shellWord(file)}`,
};

/** Keys by which a kind is told; a study's `kind` is a word, a calibration's `board` a serial number. */
function looksLike(kind: SettingsKind, data: Readonly<Record<string, unknown>>): boolean {
  const has = (...keys: string[]) => keys.some((key) => data[key] !== undefined);
  switch (kind) {
    case 'scenario':
      return (
        (has('slots') && !looksLike('model file', data)) ||
        (has('users') && has('scheme', 'bridge') && !has('kind'))
      );
    case 'study':
      return typeof data.kind === 'string';
    case 'model file':
      return has('network', 'windows', 'strays') && !has('kind');
    case 'calibration table':
      return has('phaseError', 'delayError', 'lineError') && !has('array', 'kind');
    case 'board description':
      return (
        has('phaseBits', 'delayBits', 'memoryDepth', 'queueDepth', 'impairments') &&
        !has('array', 'kind', 'template', 'speaks')
      );
    case 'board template':
      return has('template', 'speaks') && !has('slots', 'users');
    case 'faults file':
      return has('toBoard', 'toHost', 'missedLatches', 'events') && !has('array', 'kind');
  }
}

export interface Mistaken {
  readonly what: string;
  readonly todo: string;
}

/** Null for data that may well be meant as `wanted`. */
export function mistakenKind(data: unknown, wanted: SettingsKind, file: string): Mistaken | null {
  if (data === null || typeof data !== 'object' || Array.isArray(data)) return null;
  const keys = data as Readonly<Record<string, unknown>>;
  if (looksLike(wanted, keys)) return null;
  const kinds = Object.keys(USE) as SettingsKind[];
  const other = kinds.find((kind) => kind !== wanted && looksLike(kind, keys));
  if (other === undefined) return null;
  return { what: `This is a ${other}; a ${wanted} is wanted here`, todo: USE[other](file) };
}

const MAGIC: readonly (readonly [at: number, bytes: string, what: string])[] = [
  [0, '\xff\xfe', 'text in UTF-16'],
  [0, '\xfe\xff', 'text in UTF-16'],
  [8, 'DUCK', 'the database of a recording'],
  [0, 'PAR1', 'a Parquet file'],
  [0, '\x1f\x8b', 'a compressed file (gzip)'],
  [0, 'PK\x03\x04', 'a ZIP archive, or an Office document'],
  [0, '\x89PNG', 'a picture (PNG)'],
  [0, '\xff\xd8\xff', 'a picture (JPEG)'],
  [0, '%PDF', 'a PDF document'],
  [0, '\x7fELF', 'a program'],
  [0, '\x89HDF', 'an HDF5 file'],
  [0, 'MATLAB', 'a MATLAB file'],
];

/** What bytes are that are no text in UTF-8; null where they are. */
export function binaryKind(bytes: Uint8Array): string | null {
  const starts = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  const known = MAGIC.find(([at, magic]) => starts.startsWith(magic, at));
  if (known !== undefined) return known[2];
  const zeros = [0, 0];
  for (let k = 0; k < Math.min(bytes.length, 512); k++) if (bytes[k] === 0) zeros[k % 2]! += 1;
  if (zeros[0]! + zeros[1]! > 0) {
    const alternating = bytes.length >= 4 && (zeros[0] === 0 || zeros[1] === 0) && zeros[0]! + zeros[1]! > 2;
    return alternating ? 'text in UTF-16' : 'binary data';
  }
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return null;
  } catch {
    return 'binary data, or text in another encoding than UTF-8';
  }
}

/** What text is that is not a map of keys; null where that is hard to say. */
export function textKind(text: string): string | null {
  const lines = text.split('\n', 20).filter((line) => line.trim() !== '');
  const [first = ''] = lines;
  if (/^\s*<(!doctype|html|\?xml|svg)/i.test(first)) return 'HTML or XML';
  if (first.startsWith('#!')) return 'a script';
  if (lines.length > 0 && lines.every((line) => /^[^:\s]*:[^:]*:\d+:\d+:/.test(line)))
    return 'a list of accounts';
  for (const [separator, name] of [
    [',', 'commas'],
    [';', 'semicolons'],
    ['\t', 'tabs'],
  ] as const) {
    const counts = lines.map((line) => line.split(separator).length - 1);
    if (counts.length >= 2 && counts[0]! > 0 && counts.every((count) => count === counts[0])) {
      return `a table of ${counts[0]! + 1} columns, separated by ${name} (CSV)`;
    }
  }
  return null;
}
