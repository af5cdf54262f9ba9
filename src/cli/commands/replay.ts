import { type ReplayedUser, replayRecording } from '../../campaign/replay.js';
import { recordedScenario } from '../../campaign/run.js';
import { parseScenario } from '../../campaign/scenario.js';
import type { Scenario } from '../../campaign/scenario-schema.js';
import { shortKey } from '../../codebook/codeword.js';
import { BeamloopError } from '../../core/errors.js';
import { Recording } from '../../record/recording.js';
import { emulatedSection } from '../../testbed.js';
import { ESTIMATOR_NAMES, estimatorSchema } from '../../training/estimators/choice.js';
import { SCHEME_NAMES, type SchemeChoice, schemeSchema } from '../../training/registry.js';
import { place } from '../campaign-output.js';
import { type Command, printJson } from '../command.js';
import { formatTable } from '../text-table.js';

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
            choices: SCHEME_NAMES,
            describe: "Scheme to replay; the run's own, with its options, unless given",
          },
          estimator: {
            choices: ESTIMATOR_NAMES,
            describe: 'Estimator of a scheme of the whole band; its own unless given',
          },
        })
        .example('$0 replay recordings/first-light-20261121T120000Z', 'The same decisions again')
        .example('$0 replay recordings/sweep-20261121T120000Z --scheme far-field-sweep', ''),
    async (args) => {
      const recording = await Recording.open(args.folder, 'read');
      try {
        const file = await recordedScenario(recording, (text, where, calibrationText) =>
          parseScenario(text, where, emulatedSection, calibrationText),
        );
        const scheme = chosenScheme(file.scenario, args.scheme, args.estimator);
        const users = await replayRecording(recording, file, scheme);
        if (args.json) printJson(context.stdout, { scheme, users });
        else context.stdout.write(replayTable(users));
      } finally {
        await recording.close();
      }
    },
  );

/** A scheme that the run itself used keeps the options that it had there. */
function chosenScheme(
  scenario: Scenario,
  schemeName: (typeof SCHEME_NAMES)[number] | undefined,
  estimatorName: (typeof ESTIMATOR_NAMES)[number] | undefined,
): SchemeChoice {
  const own = schemeName === undefined || schemeName === scenario.scheme.name;
  const scheme = own ? scenario.scheme : schemeSchema.parse(schemeName);
  if (estimatorName === undefined) return scheme;
  if ('estimator' in scheme) return { ...scheme, estimator: estimatorSchema.parse(estimatorName) };
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `Scheme ${scheme.name} has no estimator to choose`,
    where: '--estimator',
    todo: 'Leave it out, or replay tdps, near-field-rainbow or far-field-rainbow',
  });
}

function replayTable(users: readonly ReplayedUser[]): string {
  const columns = [
    { title: 'user', align: 'left' },
    { title: 'recorded', align: 'left' },
    { title: 'replayed', align: 'left' },
    { title: 'same', align: 'left' },
    { title: 'estimated', align: 'left' },
    { title: 'noise-free best', align: 'left' },
    { title: 'pilots', align: 'right' },
  ] as const;
  const rows = users.map((user) => [
    user.ue,
    shortKey(user.recorded),
    shortKey(user.replayed),
    user.same ? 'yes' : 'NO',
    place(user.distanceM, user.angleRad),
    user.bestKey ?? '-',
    String(user.numPilots),
  ]);
  return formatTable({ columns, rows });
}
