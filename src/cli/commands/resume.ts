import { resumeRun } from '../../campaign/run.js';
import { parseScenario } from '../../campaign/scenario.js';
import { emulatedSection, openTestbed } from '../../testbed.js';
import { campaignProgress, concludeCampaign } from '../campaign-output.js';
import type { Command } from '../command.js';

/** `beamloop resume <folder>`: goes on with a run that was stopped or killed. */
export const resumeCommand: Command = (yargs, context) =>
  yargs.command(
    'resume <folder>',
    'Go on with a run that was stopped or killed; nothing is measured twice',
    (builder) =>
      builder
        .positional('folder', {
          type: 'string',
          demandOption: true,
          describe: 'Folder of the recording, as beamloop run printed it',
        })
        .options({
          realtime: {
            type: 'boolean',
            default: false,
            describe: 'Let an emulated board run at the speed of a real one',
          },
          report: {
            type: 'boolean',
            default: true,
            describe: 'Write the HTML report at the end; --no-report leaves it to beamloop report',
          },
        })
        .example('$0 resume recordings/first-light-20261121T120000Z', ''),
    async (args) => {
      const parse = (text: string, where: string, calibrationText?: string) =>
        parseScenario(text, where, emulatedSection, calibrationText);
      const outcome = await resumeRun(args.folder, parse, {
        openTestbed,
        realtime: args.realtime,
        signal: context.signal,
        progress: campaignProgress(context),
      });
      await concludeCampaign(context, args.json, outcome, args.report);
    },
  );
