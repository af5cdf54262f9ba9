import { isCalibration, refuseCheck } from '../../campaign/calibration/recorded-calibration.js';
import { resumeCalibration } from '../../campaign/calibration/run-calibration.js';
import { resumeRun } from '../../campaign/run.js';
import { openTestbed, parseRecordedScenario } from '../../testbed.js';
import { calibrationProgress, concludeCalibration } from '../calibration-output.js';
import { campaignOptions, campaignProgress, concludeCampaign } from '../campaign-output.js';
import type { Command } from '../command.js';
import { requireRecordedFaults } from '../faults-option.js';
import { loadPlugins, pluginOption } from '../plugins.js';
import { shownAs } from '../shown-run.js';
import { telemetryOptions, withCounts, withTelemetry } from '../telemetry-option.js';

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
          faults: {
            type: 'string',
            requiresArg: true,
            describe: 'Faults file of the run, to be sure that it goes on with these; others are refused',
          },
          ...pluginOption,
          ...campaignOptions,
          ...telemetryOptions,
        })
        .example('$0 resume recordings/first-light-20261121T120000Z', ''),
    async (args) => {
      await requireRecordedFaults(args.faults, args.folder);
      await loadPlugins(args.plugin);
      await refuseCheck(args.folder);
      await withTelemetry(context, args, async (telemetry) => {
        if (await isCalibration(args.folder)) {
          const outcome = await resumeCalibration(args.folder, parseRecordedScenario, {
            openTestbed,
            show: shownAs(context, 'calibrate', telemetry),
            realtime: args.realtime,
            signal: context.signal,
            progress: calibrationProgress(context, args.json),
          });
          const { json, report } = args;
          await concludeCalibration(context, json, withCounts(outcome, telemetry), { out: null, report });
          return;
        }
        const outcome = await resumeRun(args.folder, parseRecordedScenario, {
          openTestbed,
          show: shownAs(context, 'run', telemetry),
          realtime: args.realtime,
          signal: context.signal,
          progress: campaignProgress(context, args.json),
        });
        await concludeCampaign(context, args.json, withCounts(outcome, telemetry), args.report);
      });
    },
  );
