/** What differs between recordings of runs: settings, what they ran with, and what came of them. */
import { createHash } from 'node:crypto';
import { Recording } from '../record/recording.js';
import { requireRun } from './calibration/recorded-calibration.js';
import { type CampaignOutcome, outcomeOf } from './outcome.js';

export interface ComparedRecording {
  readonly folder: string;
  /** The scenario after units and defaults, by key: `channel.snr` → 20. What is secret is not told. */
  readonly settings: ReadonlyMap<string, Setting>;
  readonly versions: Readonly<Record<string, string>>;
  /** Null of a run that ended before its board said who it is. */
  readonly board: { readonly model: string; readonly serialNumber: string; readonly firmware: string } | null;
  /** First digits of the SHA-256 of the calibration table's text; null without one. */
  readonly calibration: string | null;
  readonly outcome: CampaignOutcome;
}

type Setting = string | number | boolean | null;

/** A key of the scenario and its value in each recording; undefined where it has none. */
export interface SettingDifference {
  readonly key: string;
  readonly values: readonly (Setting | undefined)[];
}

const SECRETS: ReadonlySet<string> = new Set(['bridge.token']);
const DIGEST_DIGITS = 12;
/** Too long for a table: it is told by its digest. */
const TEMPLATE_TEXT = 'board.fileText';

/**
 * Reads what recordings are compared by. Writes nothing.
 *
 * @throws RECORDING_INVALID for the recording of a calibration, and what `Recording.open` throws.
 */
export async function readCompared(folder: string): Promise<ComparedRecording> {
  const recording = await Recording.open(folder, 'read');
  try {
    const run = new Map((await recording.rows('run')).map(({ key, value }) => [key, value]));
    await requireRun(
      recording,
      'Compare the tables that calibrations made: beamloop calibration diff <first> <second>',
    );
    const text = run.get('calibrationText');
    return {
      folder,
      settings: new Map(settingsOf(run.get('scenario'), '')),
      versions: (run.get('versions') ?? {}) as ComparedRecording['versions'],
      board: (run.get('board') ?? null) as ComparedRecording['board'],
      calibration: typeof text === 'string' ? digestOf(text) : null,
      outcome: await outcomeOf(recording),
    };
  } finally {
    await recording.close();
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, DIGEST_DIGITS);
}

/** Keys whose values are not the same in all of them, in the order in which scenarios have them. */
export function settingDifferences(recordings: readonly ComparedRecording[]): SettingDifference[] {
  const keys = new Set(recordings.flatMap(({ settings }) => [...settings.keys()]));
  return [...keys].flatMap((key) => {
    const values = recordings.map(({ settings }) => settings.get(key));
    if (new Set(values).size === 1) return [];
    return [{ key, values: SECRETS.has(key) ? values.map((value) => value && '(hidden)') : values }];
  });
}

/** Leaves of the tree by their path. */
function* settingsOf(value: unknown, path: string): Generator<[key: string, value: Setting]> {
  if (value === null || typeof value !== 'object') {
    if (path === TEMPLATE_TEXT) yield [path, digestOf(String(value))];
    else if (value !== undefined) yield [path, value as Setting];
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    yield* settingsOf(inner, path === '' ? key : `${path}.${Array.isArray(value) ? Number(key) + 1 : key}`);
  }
}
