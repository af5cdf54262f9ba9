/** `--faults FILE`: what goes wrong with the emulated board of a run, in place of what its scenario says. */
import { isDeepStrictEqual } from 'node:util';
import { BeamloopError } from '../core/errors.js';
import { parseSettings } from '../core/settings-file.js';
import { readTextFile } from '../core/text-file.js';
import { yaml } from '../core/yaml.js';
import { Recording } from '../record/recording.js';
import type { ScenarioFile } from '../scenario/scenario.js';
import type { Scenario } from '../scenario/scenario-schema.js';
import { isEmulated } from '../scenario/users.js';
import { type EmulatedSection, emulatedSection } from '../testbed.js';
import { fileOrShipped } from './shipped-files.js';

const KEY = 'board.emulated.faults';
const faultsSchema = emulatedSection.unwrap().shape.faults.unwrap();

export const faultsOption = {
  faults: {
    type: 'string',
    requiresArg: true,
    describe: `YAML file with what a scenario's ${KEY} may hold, in its place; emulated boards only`,
  },
} as const;

/**
 * The file as a setting of the scenario, as `--set` takes it: so the recording carries the faults themselves, and resume and replay go
 * by them.
 *
 * @param set what else is set.
 * @throws FILE_NOT_FOUND, FILE_UNREADABLE, SCENARIO_INVALID for the file; BAD_ARGUMENT when faults are set twice.
 */
export function withFaults(written: string | undefined, set: readonly string[]): readonly string[] {
  if (written === undefined) return set;
  const { text } = read(written);
  const twice = set.map((each) => each.split('=')[0]!.trim()).find((key) => `${KEY}.`.startsWith(`${key}.`));
  if (twice !== undefined) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `${KEY} is set twice: by --set ${twice}=… and by --faults ${written}`,
      where: '--faults',
      todo: `Leave one of them out; --set ${KEY}.<key>=<value> changes a key of the file`,
    });
  }
  return [`${KEY}=${JSON.stringify(yaml().parse(text))}`, ...set];
}

/**
 * A run goes on with the faults that it began with.
 *
 * @throws as `withFaults` for the file, as `Recording.open`, and BAD_ARGUMENT when the recording's faults are others.
 */
export async function requireRecordedFaults(written: string | undefined, folder: string): Promise<void> {
  if (written === undefined) return;
  const { plan } = read(written);
  const recording = await Recording.open(folder, 'read');
  try {
    const scenario = (await recording.runValue('scenario')) as Partial<Scenario<EmulatedSection>> | null;
    if (isDeepStrictEqual(scenario?.board?.emulated?.faults, plan)) return;
  } finally {
    await recording.close();
  }
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `The run in ${folder} had other faults than this file, and goes on with those`,
    where: `--faults ${written}`,
    todo: 'Leave --faults out, or begin a new run with: beamloop run <scenario> --faults <file>',
  });
}

/** The file as it stands, and what it means; its complaints name file and line. */
function read(written: string): { text: string; plan: EmulatedSection['faults'] } {
  const file = fileOrShipped(written);
  const text = readTextFile(file, 'faults file');
  return { text, plan: parseSettings(text, faultsSchema, file, 'faults file') };
}

/** @throws BAD_ARGUMENT for a scenario on a real port: nothing can be done to its board. */
export function requireEmulatedBoard(
  written: string | undefined,
  { name, scenario }: ScenarioFile<EmulatedSection>,
): void {
  if (written === undefined || isEmulated(scenario)) return;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `Faults are of emulated boards, and the board of ${name} is at ${scenario.board.port}`,
    where: `--faults ${written}`,
    todo: 'Leave --faults out, or run it emulated with --set board.port=emulated',
  });
}
