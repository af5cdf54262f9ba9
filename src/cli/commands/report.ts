import { type Command, printJson, warn } from '../command.js';
import { loadPlugins, pluginOption } from '../plugins.js';

/** `beamloop report <folder>`: writes the HTML report of a recording and prints its path. */
export const reportCommand: Command = (yargs, context) =>
  yargs.command(
    'report <folder>',
    'Write the HTML report of a recording',
    (builder) =>
      builder
        .positional('folder', {
          type: 'string',
          demandOption: true,
          describe: 'Folder of the recording, as beamloop run printed it',
        })
        .options(pluginOption)
        .example('$0 report recordings/first-light-20261121T120000Z', ''),
    async (args) => {
      await loadPlugins(args.plugin);
      // The figures' library takes a while to load; `beamloop --help` does not need it.
      const { writeReport } = await import('../../report/run-report.js');
      const file = await writeReport(args.folder, (warning) => warn(context, [warning]));
      if (args.json) printJson(context.stdout, { report: file });
      else context.stdout.write(`${file}\n`);
    },
  );
