import path from 'node:path';
import { readCompared, settingDifferences } from '../../campaign/compared-recordings.js';
import { BeamloopError } from '../../core/errors.js';
import { type Command, printJson } from '../command.js';
import { writeComparison } from '../compare-output.js';

/** `beamloop compare <recording> <recording> …`: what differs between recordings. */
export const compareCommand: Command = (yargs, context) =>
  yargs.command(
    'compare <folders..>',
    'Tell what differs between recordings: settings, and what came of them',
    (builder) =>
      builder
        .positional('folders', {
          type: 'string',
          array: true,
          demandOption: true,
          describe: 'Folders of two recordings or more, as beamloop run printed them',
        })
        .example('$0 compare sweep/1 sweep/2 sweep/3', 'Of a run with several values'),
    async ({ folders, json }) => {
      requireSeveral(folders);
      const recordings = [];
      for (const folder of folders) {
        context.signal.throwIfAborted();
        recordings.push(await readCompared(folder));
      }
      const settings = settingDifferences(recordings);
      if (!json) return writeComparison(context, recordings, settings);
      return printJson(context.stdout, {
        settings: settings.map(({ key, values }) => ({ key, values: values.map((value) => value ?? null) })),
        recordings: recordings.map(({ folder, versions, board, calibration, outcome }) => ({
          ...{ folder, versions, board, calibration },
          outcome,
        })),
      });
    },
  );

function requireSeveral(folders: readonly string[]): void {
  const places = new Set(folders.map((folder) => path.resolve(folder)));
  if (places.size === folders.length && folders.length > 1) return;
  throw new BeamloopError('BAD_ARGUMENT', {
    what:
      folders.length < 2
        ? 'One recording has nothing to be compared with'
        : 'A recording was named twice, and does not differ from itself',
    where: folders.join(', '),
    todo: 'Name two recordings or more: beamloop compare <recording> <recording>',
  });
}
