/**
 * Reads a settings file (scenario, study): YAML text, checked against a zod schema.
 *
 * Build schemas from `z.strictObject`, so that a key that nobody reads is an error and not a wish that is ignored.
 * Every complaint names the file, the line and the key path, and for an unknown key the nearest known one.
 */

import type { Document, LineCounter, YAMLError } from 'yaml';
import type { z } from 'zod';
import { BeamloopError } from './errors.js';
import { mistakenKind, type SettingsKind, textKind } from './file-kinds.js';
import { nearest } from './nearest.js';
import { plural } from './plural.js';
import { clipped } from './printable.js';
import { keysAt } from './settings-keys.js';
import { readTextFile, type Wanted } from './text-file.js';
import type { BareNumber } from './units.js';
import { yaml } from './yaml.js';

type Path = readonly PropertyKey[];
type Issue = z.core.$ZodIssue;

/**
 * Reads and checks a YAML file.
 *
 * @param wanted what the file is to be; a file that is plainly another kind is then named as that.
 * @throws BeamloopError FILE_NOT_FOUND, FILE_UNREADABLE (not readable, not YAML), SCENARIO_INVALID (breaks the schema).
 */
export function readSettingsFile<S extends z.ZodType>(
  file: string,
  schema: S,
  wanted?: SettingsKind,
): z.output<S> {
  return parseSettings(readTextFile(file, wanted ?? 'settings file'), schema, file, wanted);
}

/**
 * As `readSettingsFile`, for text that is already there; `file` is the name that complaints use.
 *
 * @param onBare reads numbers without a unit in the base unit, as early versions did, and is told of each in words; without it
 * they are errors.
 */
export function parseSettings<S extends z.ZodType>(
  text: string,
  schema: S,
  file: string,
  wanted?: SettingsKind,
  onBare?: (reading: string) => void,
): z.output<S> {
  const lines = new (yaml().LineCounter)();
  const { document, data } = parseYaml(text, file, wanted ?? 'settings file', lines);
  const mistaken = wanted === undefined ? null : mistakenKind(data, wanted, file);
  if (mistaken !== null) throw new BeamloopError('SCENARIO_INVALID', { ...mistaken, where: file });
  let checked = schema.safeParse(data);
  while (!checked.success && onBare !== undefined && giveUnits(data, checked.error.issues, onBare)) {
    checked = schema.safeParse(data);
  }
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

/** Writes the base unit to every number that lacks it; false when there is none. */
function giveUnits(data: unknown, issues: readonly Issue[], onBare: (reading: string) => void): boolean {
  let given = false;
  for (const issue of issues.map(innermost)) {
    const { bare, unit } = ((issue.code === 'custom' && issue.params?.number) || {}) as Partial<BareNumber>;
    if (bare === undefined) continue;
    const path = writtenPath(data, issue.path);
    const parent = valueAt(data, path.slice(0, -1)) as Record<PropertyKey, unknown>;
    parent[path.at(-1)!] = `${bare} ${unit}`;
    onBare(`${pathText(path)}: ${bare} read as ${bare} ${unit}`);
    given = true;
  }
  return given;
}

/** @throws FILE_UNREADABLE for what is not YAML, SCENARIO_INVALID for YAML that is no map of keys. */
function parseYaml(
  text: string,
  file: string,
  wanted: Wanted,
  lines: LineCounter,
): { document: Document; data: unknown } {
  let document: Document;
  let data: unknown;
  try {
    document = yaml().parseDocument(text, { lineCounter: lines, logLevel: 'error' });
    // What the parser warns about (a tag that it does not know, say) is something that it does not do.
    const broken = document.errors[0] ?? document.warnings[0];
    if (broken !== undefined) {
      const kind = textKind(text);
      if (kind !== null) throw notWanted(kind, wanted, file);
      throw new BeamloopError('FILE_UNREADABLE', {
        ...brokenYaml(broken, wanted),
        where: `${file}:${lines.linePos(broken.pos[0]).line}`,
        cause: broken,
      });
    }
    data = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    if (error instanceof BeamloopError) throw error;
    // Lists within lists without end, or anchors that stand for more and more of each other.
    throw new BeamloopError('FILE_UNREADABLE', {
      what: `The file is nested too deep, or its anchors make no sense: ${clipped((error as Error).message, 120)}`,
      where: file,
      todo: `Write a plain ${wanted}`,
      cause: error,
    });
  }
  if (data === null || typeof data !== 'object' || Array.isArray(data)) {
    if (text.trim() === '' || data === null) return { document, data: null };
    throw notWanted(textKind(text) ?? (Array.isArray(data) ? 'a list' : 'other text'), wanted, file);
  }
  return { document, data };
}

function brokenYaml({ code, message }: YAMLError, wanted: Wanted): { what: string; todo: string } {
  if (code === 'MULTIPLE_DOCS') {
    return {
      what: `A second document begins here; a ${wanted} is one`,
      todo: "Take out the line '---' or '...', or make two files of it",
    };
  }
  return {
    what: `Not valid YAML: ${clipped(message.split('\n')[0]!.replace(/ at line .*$/, ''), 120)}`,
    todo: 'Correct the line; indentation and a space after each colon matter',
  };
}

function notWanted(kind: string, wanted: Wanted, file: string): BeamloopError {
  return new BeamloopError('SCENARIO_INVALID', {
    what: `This looks like ${kind}; a ${wanted} is wanted here, a YAML file of keys and values`,
    where: file,
    todo: 'Give the right file; scenarios/first-light.yaml shows what a scenario looks like',
  });
}

const MAX_ALIASES = 100;

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
    .sort(
      (a, b) => b.path.length - a.path.length || telling(b) - telling(a) || strangers(a) - strangers(b),
    )[0];
  return furthest === undefined ? issue : { ...furthest, path: [...issue.path, ...furthest.path] };
}

/** Of branches that fail at the same depth, the one whose complaint says most about what was meant. */
function telling(issue: Issue): number {
  return ['invalid_type', 'invalid_value', 'too_small', 'too_big', 'custom', 'unrecognized_keys'].indexOf(
    issue.code,
  );
}

/** Of two maps with unknown keys, the one that knows most of them was meant. */
function strangers(issue: Issue): number {
  return issue.code === 'unrecognized_keys' ? issue.keys.length : 0;
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
    if (key === '<<') {
      return {
        what: "Keys are not merged: '<<' is not read",
        todo: 'Write the keys out, or repeat a whole value with an anchor: a: &x 5 m, b: *x',
        path: [...path, key],
      };
    }
    return {
      what: `Unknown key '${clipped(key)}'`,
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
      what: `${name} cannot be ${shownValue(value)}`,
      todo: choiceOf(issue, value, allowed),
      path,
    };
  }
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined) {
    const allowed = optionsOf(issue);
    return {
      what: `${name} cannot be ${shownValue(value)}`,
      ...(allowed.length > 0 && {
        todo: choiceOf(issue, value, allowed),
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

/** What a schema says of its own accord comes last. */
function choiceOf({ message }: Issue, value: unknown, allowed: readonly string[]): string {
  const own = /^Invalid /.test(message) ? '' : `. ${message}`;
  return `Did you mean '${nearest(String(value), allowed)}'? It may be: ${allowed.join(', ')}${own}`;
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
  return typeof value === 'string' ? `"${clipped(value)}"` : String(value);
}

/** What a complaint calls a value: its key, and with it the place in a list: `distance[1]`. */
function shownKey(path: Path): string {
  const at = path.findLastIndex((key) => typeof key !== 'number');
  return clipped(pathText(path.slice(Math.max(0, at))), 80);
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
  const { isMap, isNode, isScalar } = yaml();
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
export function pathText(path: Path): string {
  return path
    .map((key, k) => (typeof key === 'number' ? `[${key + 1}]` : `${k === 0 ? '' : '.'}${String(key)}`))
    .join('');
}
