import { type ReplayedUser, replayRecording } from '../../campaign/replay.js';
import { scenarioTextOf } from '../../campaign/run.js';
import { parseScenario } from '../../campaign/scenario.js';
import { polarCodebookOf } from '../../campaign/users.js';
import { widebandOf } from '../../campaign/wideband.js';
import { Recording } from '../../record/recording.js';
import { emulatedSection } from '../../testbed.js';
import { SCHEME_NAMES, schemeSchema } from '../../training/registry.js';
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
        })
        .example('$0 replay recordings/first-light-20261121T120000Z', 'The same decisions again')
        .example('$0 replay recordings/sweep-20261121T120000Z --scheme far-field-sweep', ''),
    async (args) => {
      const recording = await Recording.open(args.folder, 'read');
      try {
        const { scenario } = parseScenario(await scenarioTextOf(recording), args.folder, emulatedSection);
        const scheme = args.scheme === undefined ? scenario.scheme : schemeSchema.parse(args.scheme);
        const users = await replayRecording(
          recording,
          polarCodebookOf(scenario),
          scheme,
          widebandOf(scenario),
        );
        if (args.json) printJson(context.stdout, { scheme, users });
        else context.stdout.write(replayTable(users));
      } finally {
        await recording.close();
      }
    },
  );

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
    user.recorded,
    user.replayed,
    user.same ? 'yes' : 'NO',
    place(user.distanceM, user.angleRad),
    user.bestKey ?? '-',
    String(user.numPilots),
  ]);
  return formatTable({ columns, rows });
}
