/** The plugin that a run was made with, for whoever goes on with the run, replays or reports it. */
import path from 'node:path';
import { z } from 'zod';
import { BeamloopError } from '../core/errors.js';
import type { Recording } from '../record/recording.js';
import { pluginPathsIn } from '../training/plugins/named-files.js';
import { aliasPlugin, loadPlugin, type PluginFile, pluginOf } from '../training/plugins/plugin-file.js';

const recordedSchema = z.object({ file: z.string(), sha256: z.string() });
const scenarioSchema = z.object({ scheme: z.object({ name: z.string() }) });

export interface ChangedPlugin {
  /** For people. */
  readonly text: string;
  /** Of an event. */
  readonly detail: { readonly file: string; readonly recordedSha256: string; readonly sha256: string };
}

/**
 * Loads the plugin of a recording, unless one that defines the run's scheme is loaded already (from where it is now). Does
 * nothing for a run of a scheme of beamloop.
 *
 * @returns how it differs from the one that the run was made with; null when it does not.
 * @throws PLUGIN_INVALID when it is not where it was, or no longer defines the scheme.
 */
export async function loadRecordedPlugin(recording: Recording): Promise<ChangedPlugin | null> {
  const recorded = recordedSchema.safeParse(await recording.runValue('plugin')).data;
  const scenario = scenarioSchema.safeParse(await recording.runValue('scenario')).data;
  if (recorded === undefined || scenario === undefined) return null;
  const { name } = scenario.scheme;
  const plugin = pluginOf(name) ?? (await loadAgain(recorded.file, name));
  if (!plugin.schemes.includes(name)) {
    throw new BeamloopError('PLUGIN_INVALID', {
      what: `The run was made with scheme ${name}, which the plugin no longer defines; it defines ${plugin.schemes.join(', ')}`,
      where: plugin.file,
      todo: 'Name the plugin that defines it: --plugin <file>',
    });
  }
  await aliasWritten(recording, plugin);
  if (plugin.sha256 === recorded.sha256) return null;
  return {
    text: `The plugin ${plugin.file} is not as it was when the run was made; scheme ${name} may decide otherwise`,
    detail: { file: plugin.file, recordedSha256: recorded.sha256, sha256: plugin.sha256 },
  };
}

async function loadAgain(file: string, name: string): Promise<PluginFile> {
  try {
    return await loadPlugin(file);
  } catch (error) {
    if (!(error instanceof BeamloopError)) throw error;
    throw new BeamloopError('PLUGIN_INVALID', {
      what: `The run was made with scheme ${name} of a plugin that cannot be used now: ${error.what}`,
      where: error.where ?? file,
      todo: 'Put it back, or name it where it is now: --plugin <file>',
      cause: error,
    });
  }
}

/** The recorded scenario names the file as seen from where the scenario was. */
async function aliasWritten(recording: Recording, plugin: PluginFile): Promise<void> {
  const text = await recording.runValue('scenarioText');
  if (typeof text !== 'string') return;
  for (const written of pluginPathsIn(text)) {
    aliasPlugin(path.resolve(path.dirname(recording.folder), written), plugin);
  }
}
