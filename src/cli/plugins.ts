/** Schemes of the user's own on the command line: `--plugin`, and files that a scenario or study names in place of a scheme. */
import { Console } from 'node:console';
import { existsSync } from 'node:fs';
import { readTextFile } from '../core/text-file.js';
import { loadNamedPlugins } from '../training/plugins/named-files.js';
import { loadPlugin } from '../training/plugins/plugin-file.js';

export const pluginOption = {
  plugin: {
    type: 'string',
    array: true,
    nargs: 1,
    default: [] as string[],
    describe: 'A file that defines schemes of your own, e.g. ./my-scheme.js; again for more',
  },
} as const;

/**
 * Loads what `--plugin` names, and what a settings file names.
 *
 * @param settings a scenario or study file; what is wrong with it otherwise is told when it is read.
 * @param set as `--set` of the scenario; files are taken relative to it.
 * @throws PLUGIN_INVALID.
 */
export async function loadPlugins(
  files: readonly string[],
  settings?: { readonly file: string; readonly kind: 'scenario' | 'study' },
  set: readonly string[] = [],
): Promise<void> {
  // What the code of a plugin prints must not come between the documents of --json.
  globalThis.console = new Console(process.stderr, process.stderr);
  for (const file of files) await loadPlugin(file);
  if (settings === undefined || !existsSync(settings.file)) return;
  await loadNamedPlugins(readTextFile(settings.file, settings.kind), settings.file);
  for (const each of set) {
    const [, value] = /^\s*scheme(?:\.name)?\s*=(.*)$/s.exec(each) ?? [];
    if (value !== undefined) await loadNamedPlugins(`scheme: ${value}`, settings.file);
  }
}
