/**
 * Reads a settings file (scenario, study): YAML text, checked against a zod schema.
 *
 * Build schemas from `z.strictObject`, so that a key that nobody reads is an error and not a wish that is ignored.
 * Every complaint names the file, the line and the key path, and for an unknown key the nearest known one.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { closest } from 'fastest-levenshtein';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { BeamloopError } from './errors.js';
import { plural } from './plural.js';
import { keysAt } from './settings-keys.js';

type Path = readonly PropertyKey[];
type Issue = z.core.$ZodIssue;

/**
 * Reads and checks a YAML file.
 *
 * @throws BeamloopError FILE_NOT_FOUND, FILE_UNREADABLE (not readable, not YAML), SCENARIO_INVALID (breaks the schema).
 */
export function readSettingsFile<S extends z.ZodType>(file: string, schema: S): z.output<S> {
  return parseSettings(readTextFile(file), schema, file);
}

/** As `readSettingsFile`, for text that is already there; `file` is the name that complaints use. */
export function parseSettings<S extends z.ZodType>(text: string, schema: S, file: string): z.output<S> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const broken = document.errors[0];
  if (broken !== undefined) {
    throw new BeamloopError('FILE_UNREADABLE', {
      what: `Not valid YAML: ${broken.message.split('\n')[0]?.replace(/ at line .*$/, '')}`,
      where: `${file}:${lines.linePos(broken.pos[0]).line}`,
      todo: 'Correct the line; indentation and a space after each colon matter',
      cause: broken,
    });
  }
  const data: unknown = document.toJS();
  const checked = schema.safeParse(data);
  if (checked.success) return checked.data;

  const { issues } = checked.error;
  const first = innermost(foremost(issues));
  const { what, todo, path } = explain(first, schema, data);
  const line = lineOf(document, lines, path);
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more to correct)` : '';
  throw new BeamloopError('SCENARIO_INVALID', {
    what: what + more,
    where: [line === undefined ? file : `${file}:${line}`, pathText(path)].filter(Boolean).join(', '),
    ...(todo === undefined ? {} : { todo }),
    cause: checked.error,
  });
}

/** A file's text. Throws FILE_NOT_FOUND or FILE_UNREADABLE. */
export function readTextFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new BeamloopError('FILE_NOT_FOUND', {
        what: 'The file does not exist',
        where: file,
        todo: path.isAbsolute(file)
          ? 'Check the path'
          : 'Check the path; it is taken relative to the current folder',
        cause,
      });
    }
    throw new BeamloopError('FILE_UNREADABLE', {
      what: code === 'EISDIR' ? 'This is a folder, not a file' : `The file cannot be read: ${code}`,
      where: file,
      todo: code === 'EISDIR' ? 'Name a file in it' : 'Check its permissions',
      cause,
    });
  }
}

/** An unknown key goes first: it is often a slip of the pen that also explains a missing one. */
function foremost(issues: readonly Issue[]): Issue {
  return issues.find((issue) => issue.code === 'unrecognized_keys') ?? issues[0]!;
}

/** Of a union, the complaint of the branch that got furthest; its path made absolute. */
function innermost(issue: Issue): Issue {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue;
  const branches = issue.errors.filter((branch) => branch.length > 0);
  const furthest = branches
    .map((branch) => innermost(foremost(branch)))
    .sort((a, b) => b.path.length - a.path.length || telling(b) - telling(a))[0];
  return furthest === undefined ? issue : { ...furthest, path: [...issue.path, ...furthest.path] };
}

/** Of branches that fail at the same depth, the one whose complaint says most about what was meant. */
function telling(issue: Issue): number {
  return ['invalid_type', 'invalid_value', 'too_small', 'too_big', 'custom', 'unrecognized_keys'].indexOf(
    issue.code,
  );
}

/** What the key that tells the members of a union apart may be. */
function optionsOf(issue: Issue): string[] {
  return (issue as { options?: readonly unknown[] }).options?.map(String) ?? [];
}

function explain(
  issue: Issue,
  schema: z.ZodType,
  data: unknown,
): { what: string; todo?: string; path: Path } {
  const path = writtenPath(data, issue.path);
  const value = valueAt(data, path);
  const name = path.length === 0 ? 'The file' : `'${shownKey(path)}'`;
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!;
    const known = keysAt(schema, data, path);
    return {
      what: `Unknown key '${key}'`,
      ...(known.length > 0 && {
        todo: `Did you mean '${nearest(key, known)}'? Keys here: ${known.join(', ')}`,
      }),
      path: [...path, key],
    };
  }
  if ((value === undefined || (path.length === 0 && value === null)) && issue.code !== 'custom') {
    const kinds = issue.code === 'invalid_union' ? optionsOf(issue) : [];
    if (path.length > 0 && kinds.length > 0) {
      return { what: `${name} is missing`, todo: `It may be: ${kinds.join(', ')}`, path };
    }
    const known = keysAt(schema, data, path.slice(0, -1));
    return {
      what: path.length === 0 ? 'The file is empty' : `${name} is missing`,
      ...(known.length > 0 && { todo: `Keys here: ${known.join(', ')}` }),
      path,
    };
  }
  if (issue.code === 'invalid_value') {
    const allowed = issue.values.map(String);
    return {
      what: `${name} cannot be ${JSON.stringify(value)}`,
      todo: `Did you mean '${nearest(String(value), allowed)}'? It may be: ${allowed.join(', ')}`,
      path,
    };
  }
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined) {
    const allowed = optionsOf(issue);
    return {
      what: `${name} cannot be ${JSON.stringify(value)}`,
      ...(allowed.length > 0 && {
        todo: `Did you mean '${nearest(String(value), allowed)}'? It may be: ${allowed.join(', ')}`,
      }),
      path,
    };
  }
  const hint: unknown = issue.code === 'custom' ? issue.params?.todo : undefined;
  return {
    what: `${name}: ${complaintOf(issue, value)}`,
    ...(typeof hint === 'string' && { todo: hint }),
    path,
  };
}

/** A name with the word that was written goes before one that takes fewer strokes: `rainbow` is not meant to be `dpc`. */
function nearest(written: string, known: readonly string[]): string {
  const holding = known.filter((name) => `-${name}-`.includes(`-${written}-`));
  return closest(written, holding.length > 0 ? holding : known);
}

const KINDS: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  object: 'a map of keys',
  array: 'a list',
  tuple: 'a list',
  record: 'a map of keys',
};

/** Types and bounds in our words; what a schema says of its own accord stays as it is. */
function complaintOf(issue: Issue, value: unknown): string {
  const text = issue.message.replace(/\.$/, '');
  if (!/^(Invalid input|Too small|Too big): expected /.test(text)) return text;
  if (issue.code === 'invalid_type') {
    const kind = KINDS[issue.expected];
    return kind === undefined ? text : `must be ${kind}, not ${shownValue(value)}`;
  }
  if (issue.code !== 'too_small' && issue.code !== 'too_big') return text;
  const isLow = issue.code === 'too_small';
  const bound = Number(isLow ? issue.minimum : issue.maximum);
  const end = isLow ? 'least' : 'most';
  if (issue.origin === 'array') return `must list at ${end} ${plural(bound, 'value')}`;
  if (issue.origin === 'string') return `must have at ${end} ${plural(bound, 'character')}`;
  const side = issue.inclusive === false ? (isLow ? 'above' : 'below') : `at ${end}`;
  return `must be ${side} ${bound}, not ${shownValue(value)}`;
}

function shownValue(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value === null) return 'nothing';
  if (typeof value === 'object') return 'a map of keys';
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/** What a complaint calls a value: its key, and with it the place in a list: `distance[1]`. */
function shownKey(path: Path): string {
  const at = path.findLastIndex((key) => typeof key !== 'number');
  return pathText(path.slice(Math.max(0, at)));
}

/** The part of a path that the file has: where a schema takes one value for a list, the list is only in the schema. */
function writtenPath(data: unknown, path: Path): Path {
  const depth = path.findIndex((_, k) => k > 0 && isSingleValue(valueAt(data, path.slice(0, k))));
  return depth < 0 ? path : path.slice(0, depth);
}

function isSingleValue(value: unknown): boolean {
  return value !== undefined && value !== null && typeof value !== 'object';
}

function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const key of path) {
    if (value === null || typeof value !== 'object') return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

/** Line of the key at `path`, or of the nearest thing around it that the file does have. */
function lineOf(document: Document, lines: LineCounter, path: Path): number | undefined {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    const key = path[depth - 1];
    let node: unknown;
    if (isMap(parent)) {
      node = parent.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key))?.key;
    } else {
      node = document.getIn(path.slice(0, depth), true);
    }
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return undefined;
}

/** `['users', 2, 'snr']` → `users[3].snr`: list entries are counted from one, as a reader counts them. */
function pathText(path: Path): string {
  return path
    .map((key, k) => (typeof key === 'number' ? `[${key + 1}]` : `${k === 0 ? '' : '.'}${String(key)}`))
    .join('');
}
