import { requireRun } from '../../campaign/calibration/recorded-calibration.js';
import { MOST_NAMED } from '../../campaign/outcome.js';
import { loadRecordedPlugin } from '../../campaign/recorded-plugin.js';
import { recordedScenario } from '../../campaign/recorded-scenario.js';
import { type ReplayedUser, replayRecording } from '../../campaign/replay.js';
import { replayTracker } from '../../campaign/tracking/tracking-replay.js';
import { shortKey } from '../../codebook/codeword.js';
import { LEVEL } from '../../core/bounds.js';
import { BeamloopError } from '../../core/errors.js';
import { plural } from '../../core/plural.js';
import { clipped } from '../../core/printable.js';
import { yaml } from '../../core/yaml.js';
import { Recording } from '../../record/recording.js';
import type { Scenario } from '../../scenario/scenario-schema.js';
import { trackerNames, trackerSchema } from '../../scenario/trackers.js';
import { parseRecordedScenario } from '../../testbed.js';
import type { TrackerChoice } from '../../tracking/tracker-definition.js';
import { ESTIMATOR_NAMES, estimatorSchema } from '../../training/estimators/choice.js';
import { schemeNames, schemeSchema, splitOf, splitSchemes } from '../../training/registry.js';
import type { SchemeChoice } from '../../training/scheme-definition.js';
import { type Command, printJson, warn } from '../command.js';
import { boundedOption } from '../options.js';
import { loadPlugins, pluginOption } from '../plugins.js';
import { wrapped } from '../text-table.js';
import { trackerReplayText } from '../tracking-output.js';
import {
  BEST,
  estimated,
  NAME,
  pilotNotes,
  pilots,
  TRUE_POSITION,
  type UserColumn,
  userTable,
} from '../user-columns.js';

/** `beamloop replay <folder>`: feeds the recorded powers to a scheme again. */
export const replayCommand: Command = (yargs, context) =>
  yargs.command(
    'replay <folder>',
    'Feed the recorded powers of a run to a training scheme again',
    (builder) =>
      builder
        .positional('folder', {
          type: 'string',
          demandOption: true,
          describe: 'Folder of the recording, as beamloop run printed it',
        })
        .options({
          scheme: {
            type: 'string',
            requiresArg: true,
            describe: `Scheme to replay; the run's own, with its options, unless given. One of ${schemeNames().join(', ')}, or of a plugin`,
          },
          tracker: {
            type: 'string',
            requiresArg: true,
            describe: `Of a run that tracked its users: tracker to replay, one of ${trackerNames().join(', ')}, or a map as in a scenario`,
          },
          ...pluginOption,
          estimator: {
            choices: ESTIMATOR_NAMES,
            describe: 'Estimator of a scheme of the whole band; its own unless given',
          },
          snr: {
            type: 'string',
            nargs: 1,
            describe: 'For --estimator auxiliary-pair: SNR of a perfectly focused beam, e.g. "15 dB"',
          },
        })
        .example('$0 replay recordings/first-light-20261121T120000Z', 'The same decisions again')
        .example('$0 replay recordings/sweep-20261121T120000Z --scheme far-field-sweep', '')
        .example('$0 replay recordings/tracking-20261129T120000Z --tracker ekf-velocity', '')
        .example('$0 replay recordings/wideband-20261121T120000Z --estimator on-grid', ''),
    async (args) => {
      await loadPlugins(args.plugin);
      if (args.scheme !== undefined) requireScheme(args.scheme);
      const recording = await Recording.open(args.folder, 'read');
      try {
        await requireRun(
          recording,
          'Replay recordings of beamloop run; beamloop report shows what a calibration found',
        );
        warn(context, recording.warnings);
        const changed = await loadRecordedPlugin(recording);
        if (changed !== null) warn(context, [changed.text]);
        const file = await recordedScenario(recording, parseRecordedScenario, (warning) =>
          warn(context, [warning]),
        );
        if (args.tracker !== undefined) {
          const replay = await replayTracker(recording, file, chosenTracker(file.scenario, args.tracker));
          if (args.json) printJson(context.stdout, replay);
          else context.stdout.write(trackerReplayText(replay, context.columns));
          return;
        }
        const scheme = chosenScheme(file.scenario, args);
        const users = await replayRecording(recording, file, scheme);
        const own = JSON.stringify(scheme) === JSON.stringify(file.scenario.scheme);
        const numOthers = users.filter(({ same }) => !same).length;
        if (own && numOthers > 0) warn(context, [otherwise(numOthers, scheme.name)]);
        if (args.json) printJson(context.stdout, { scheme, users });
        else context.stdout.write(replayText(users, context.columns));
      } finally {
        await recording.close();
      }
    },
  );

/** The same powers give a scheme the same decisions, unless it is another one than that of the run. */
function otherwise(numOthers: number, scheme: string): string {
  return (
    `${plural(numOthers, 'user')} of the run's own scheme ${scheme} ${numOthers === 1 ? 'was' : 'were'} found otherwise than ` +
    'in the run: the scheme draws numbers of its own, or it was changed since'
  );
}

/** As yargs complains of a choice; which there are is known when plugins are loaded. */
function requireScheme(name: string): void {
  if (schemeNames().includes(name)) return;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `--scheme cannot be "${name}"; it may be ${schemeNames()
      .map((each) => `"${each}"`)
      .join(', ')}`,
    todo: 'See beamloop replay --help',
  });
}

/** A tracker that the run itself used keeps the options that it had there. */
function chosenTracker({ tracking }: Scenario, text: string): TrackerChoice {
  if (tracking?.tracker.name === text) return tracking.tracker;
  const parsed = trackerSchema.safeParse(parseYaml(text));
  if (parsed.success) return parsed.data;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `--tracker cannot be "${clipped(text)}"; it may be ${trackerNames().join(', ')}, or a map with a name and options`,
    todo: 'Write --tracker ekf-velocity, or --tracker "{ name: hold, epochs: 10 }"',
  });
}

function parseYaml(text: string): unknown {
  try {
    return yaml().parse(text);
  } catch {
    return text;
  }
}

/** A scheme that the run itself used keeps the options that it had there. */
function chosenScheme(
  scenario: Scenario,
  {
    scheme: schemeName,
    estimator: name,
    snr,
  }: {
    readonly scheme: string | undefined;
    readonly estimator: (typeof ESTIMATOR_NAMES)[number] | undefined;
    readonly snr: string | undefined;
  },
): SchemeChoice {
  const own = schemeName === undefined || schemeName === scenario.scheme.name;
  const scheme = own ? scenario.scheme : schemeSchema.parse(schemeName);
  if ((name === 'auxiliary-pair') !== (snr !== undefined)) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what:
        snr === undefined
          ? 'The auxiliary beam pair needs to know what a perfectly focused beam receives over the noise'
          : 'Only the auxiliary beam pair has an SNR to be told',
      where: snr === undefined ? '--estimator' : '--snr',
      todo: 'Give both --estimator auxiliary-pair and --snr "15 dB", or neither',
    });
  }
  if (name === undefined) return scheme;
  const split = splitOf(scheme);
  if (split !== null) {
    const estimator = snr === undefined ? name : { name, snr: `${boundedOption('snr', snr, LEVEL)} dB` };
    return split.withEstimator(estimatorSchema.parse(estimator));
  }
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `Scheme ${scheme.name} has no estimator to choose`,
    where: '--estimator',
    todo: `Leave it out, or replay ${splitSchemes('or')}`,
  });
}

const REPLAY_NOTE = 'The latter are those of the run: a replay decides without them.';

/** A row per user; of many those that are not found as they were. */
function replayText(users: readonly ReplayedUser[], widthColumns: number | undefined): string {
  if (users.length <= MOST_NAMED) return replayTable(users, widthColumns);
  const others = users.filter(({ same }) => !same);
  const shown = others.slice(0, MOST_NAMED);
  const counts = `${users.length - others.length} of ${plural(users.length, 'user')} found as they were recorded`;
  if (shown.length === 0) return wrapped(`${counts}. With --json: all of them`, widthColumns).join('');
  const which = others.length > shown.length ? `the first ${shown.length} of the others` : 'the others';
  return [
    ...wrapped(`${counts}; ${which}:`, widthColumns),
    '\n',
    replayTable(shown, widthColumns),
    ...wrapped('With --json: all of them', widthColumns),
  ].join('');
}

function replayTable(users: readonly ReplayedUser[], widthColumns: number | undefined): string {
  const found = (user: ReplayedUser) => user;
  // A scheme of the whole band has no codeword that is best.
  const hasBest = users.some(({ bestKey }) => bestKey !== null);
  const columns: UserColumn<ReplayedUser>[] = [
    NAME,
    { title: 'recorded', align: 'left', dropFirst: 2, cell: ({ recorded }) => shortKey(recorded) },
    { title: 'replayed', align: 'left', cell: ({ replayed }) => shortKey(replayed) },
    { title: 'same', align: 'left', cell: ({ same }) => (same ? 'yes' : 'NO') },
    estimated(found),
    { ...TRUE_POSITION, dropFirst: 1 },
    ...(hasBest ? [{ ...BEST, dropFirst: 3 }] : []),
    pilots(found),
  ];
  const notes = pilotNotes(users).map((note) => `${note} ${REPLAY_NOTE}`);
  return userTable(users, columns, notes, widthColumns);
}
