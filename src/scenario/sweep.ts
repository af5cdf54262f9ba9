/** Variants of a scenario: the same file with other values of some of its keys, one run each. */
import type { Document } from 'yaml';
import { requireWhole } from '../core/arguments.js';
import { BeamloopError } from '../core/errors.js';
import { pathText } from '../core/settings-file.js';
import { yaml } from '../core/yaml.js';

/** More runs than this are a mistake. */
const MOST_RUNS = 10_000;

/** What is changed of a scenario, by key as it is written: `channel.snr`, `users[1].snr`. */
export type Settings = Readonly<Record<string, string>>;

export interface Variant {
  readonly settings: Settings;
  /** The scenario with these settings in it, comments and all. */
  readonly text: string;
}

export interface SweepOptions {
  /** `key=value` each; a key with several values is swept over them, several keys over all combinations. */
  readonly set: readonly string[];
  /** Of the first run; that of the scenario unless given. */
  readonly seed: number | undefined;
  /** How often each combination is run, with the seed one higher each time. */
  readonly repeat: number;
}

/**
 * All variants: the last key changes fastest, then the seed.
 *
 * @param text of the scenario, which need not be valid otherwise.
 * @throws BAD_ARGUMENT naming the option.
 */
export function variantsOf(text: string, { set, seed, repeat }: SweepOptions): Variant[] {
  requireWhole('repeat', repeat, 1, Number.MAX_SAFE_INTEGER);
  if (seed !== undefined) requireWhole('seed', seed, 0, Number.MAX_SAFE_INTEGER);
  const combinations = combinationsOf(set);
  if (combinations.length * repeat > MOST_RUNS) {
    throw refused(`${combinations.length * repeat} runs are too many`, `Ask for ${MOST_RUNS} or fewer`);
  }
  if (seed !== undefined && combinations[0]?.seed !== undefined) {
    throw refused(`The seed is set twice: by --set and by --seed ${seed}`, 'Leave one of them out');
  }
  const numbersRuns = seed !== undefined || repeat > 1;
  return combinations.flatMap((combination) => {
    const changed = withSettings(text, combination);
    const first = numbersRuns ? (seed ?? seedOf(changed)) : null;
    if (first === null) return [{ settings: combination, text: changed }];
    return Array.from({ length: repeat }, (_, k): Variant => {
      const settings = { ...combination, seed: String(first + k) };
      return { settings, text: withSettings(text, settings) };
    });
  });
}

function combinationsOf(set: readonly string[]): Settings[] {
  const values = new Map<string, string[]>();
  for (const each of set) {
    const [, key, value] = /^\s*([^=]+?)\s*=\s*(.*?)\s*$/s.exec(each) ?? [];
    if (key === undefined || value === undefined || value === '') {
      throw refused(`'${each}' is not a key with its value`, 'Write --set channel.snr="15 dB"');
    }
    const known = values.get(key);
    if (known?.includes(value)) throw refused(`'${each}' is given twice`, 'Give it once, or use --repeat');
    if (known === undefined) values.set(key, [value]);
    else known.push(value);
  }
  let combinations: Settings[] = [{}];
  for (const [key, ofKey] of values) {
    combinations = combinations.flatMap((before) => ofKey.map((value) => ({ ...before, [key]: value })));
  }
  return combinations;
}

function withSettings(text: string, settings: Settings): string {
  if (Object.keys(settings).length === 0) return text;
  const document = yaml().parseDocument(text);
  // What is wrong with the file itself is told when it is read.
  if (document.errors.length > 0) return text;
  for (const [key, value] of Object.entries(settings)) change(document, key, value);
  try {
    return String(document);
  } catch (error) {
    throw refused(
      `${settingsText(settings)} takes away what other keys refer to: ${(error as Error).message}`,
      'Set those keys too, or write their values out in the scenario',
    );
  }
}

function change(document: Document, key: string, value: string): void {
  const path = pathOf(key);
  for (let depth = 1; depth < path.length; depth++) {
    const node = document.getIn(path.slice(0, depth), true);
    if (node === undefined || node === null) continue;
    if (!yaml().isCollection(node)) {
      const whole = pathText(path.slice(0, depth));
      throw refused(
        `'${key}' is not there: ${whole} is one word in this scenario`,
        `Set it whole: --set ${whole}=${/^(scheme|estimator)$/.test(String(path[depth - 1])) ? '"{ name: … }"' : '…'}`,
      );
    }
    const index = path[depth]!;
    if (yaml().isSeq(node) && (typeof index !== 'number' || index >= node.items.length)) {
      throw refused(
        `'${key}' is not there: ${pathText(path.slice(0, depth))} is a list of ${node.items.length} in this scenario`,
        typeof index === 'number'
          ? 'Entries count from 1: users[1]'
          : `Set it whole: --set ${pathText(path.slice(0, depth))}="{ ${index}: ${value} }"`,
      );
    }
  }
  try {
    document.setIn(path, yaml().parse(value));
  } catch (error) {
    throw refused(
      `'${key}=${value}' cannot be set: ${(error as Error).message.split('\n')[0]}`,
      'Write the value as in a scenario file',
    );
  }
}

/** `users[1].snr` → users, 0, snr. */
function pathOf(key: string): (string | number)[] {
  if (!/^[A-Za-z]\w*(\[[1-9]\d*\])*(\.[A-Za-z]\w*(\[[1-9]\d*\])*)*$/.test(key)) {
    throw refused(`'${key}' is no key of a scenario`, 'Write it with dots: channel.snr, users[1].snr');
  }
  return key.split(/[.[]/).map((part) => (part.endsWith(']') ? Number(part.slice(0, -1)) - 1 : part));
}

/** Of a scenario; null for one that is no number, which is told when the scenario is read. */
function seedOf(text: string): number | null {
  const seed: unknown = yaml().parseDocument(text).getIn(['seed']);
  if (seed === undefined) return 1;
  return typeof seed === 'number' ? seed : null;
}

function refused(what: string, todo: string): BeamloopError {
  return new BeamloopError('BAD_ARGUMENT', { what, where: '--set', todo });
}

/** `channel.snr=15 dB, seed=7`, for people. */
export function settingsText(settings: Settings): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}
