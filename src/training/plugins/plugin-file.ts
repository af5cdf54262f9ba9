/** Loads schemes of users from files: `--plugin ./my-scheme.js`, or a file where a scenario or study names a scheme. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { BeamloopError } from '../../core/errors.js';
import { findScheme, learnSchemes } from '../registry.js';
import { MOST_STEP_S } from './limited-time.js';
import { definitionOf } from './own-definition.js';
import { pluginFault } from './own-factory.js';
import { syntaxErrorLine } from './syntax-line.js';

/** A plugin that is loaded. Plain data: it goes to threads and into recordings. */
export interface PluginFile {
  /** Absolute path. */
  readonly file: string;
  /** Of the file's bytes; what it imports is not in it. */
  readonly sha256: string;
  readonly schemes: readonly string[];
}

/** By absolute path. */
const loaded = new Map<string, PluginFile>();
/** Other paths that stand for a plugin: those of scenarios that are in recordings. */
const aliases = new Map<string, PluginFile>();

/**
 * Loads a plugin and makes its schemes known. A file that is loaded and has not changed since is left as it is.
 *
 * @throws PLUGIN_INVALID when it is not there, does not load, or what it exports is no scheme.
 */
export async function loadPlugin(file: string): Promise<PluginFile> {
  const absolute = path.resolve(file);
  const bytes = await readFile(absolute).catch((error: NodeJS.ErrnoException) => {
    throw new BeamloopError('PLUGIN_INVALID', {
      what:
        error.code === 'ENOENT' ? 'There is no such plugin' : `The plugin cannot be read: ${error.message}`,
      where: file,
      todo: 'Give the path of a JavaScript file, such as ./my-scheme.js',
      cause: error,
    });
  });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const known = loaded.get(absolute);
  if (known?.sha256 === sha256) return known;
  const definitions = exportsOf(await imported(absolute, bytes, sha256), absolute).map((own) =>
    definitionOf(own, absolute),
  );
  const names = definitions.map(({ name }) => name);
  for (const [k, name] of names.entries()) requireFreeName(name, names.indexOf(name) < k, absolute);
  learnSchemes(definitions);
  const plugin = { file: absolute, sha256, schemes: names };
  loaded.set(absolute, plugin);
  return plugin;
}

async function imported(
  file: string,
  bytes: Uint8Array,
  sha256: string,
): Promise<Readonly<Record<string, unknown>>> {
  const { exit } = process;
  // A plugin that ended the process would do so without a word.
  process.exit = () => {
    throw new Error('it calls process.exit');
  };
  const settled = new AbortController();
  try {
    const tooLong = sleep(MOST_STEP_S * 1e3, null, { signal: settled.signal }).then(() => {
      throw new Error(`it awaits something for longer than ${MOST_STEP_S} s`);
    });
    tooLong.catch(() => {}); // the race tells
    // With its hash in the address, so that a file that was changed is read again.
    const loading = import(/* @vite-ignore */ `${pathToFileURL(file).href}?sha256=${sha256}`);
    return await Promise.race([loading, tooLong]);
  } catch (error) {
    const { message } = error instanceof Error ? error : { message: String(error) };
    const line = error instanceof SyntaxError ? syntaxErrorLine(bytes) : null;
    const where = line === null ? file : `${file}:${line}`;
    throw pluginFault(`The plugin does not load: ${message}`, where, error);
  } finally {
    process.exit = exit;
    settled.abort();
  }
}

function exportsOf(module: Readonly<Record<string, unknown>>, file: string): readonly unknown[] {
  const exported = module.default;
  const list: readonly unknown[] = Array.isArray(exported) ? exported : [exported];
  if (exported !== undefined && list.length > 0) return list;
  throw new BeamloopError('PLUGIN_INVALID', {
    what: exported === undefined ? 'The plugin has no default export' : 'The plugin exports no scheme',
    where: file,
    todo: 'Write: export default { name, title, needs, build }',
  });
}

function requireFreeName(name: string, isTwice: boolean, file: string): void {
  const other = findScheme(name);
  if (!isTwice && (other === null || other.plugin === file)) return;
  const whose = isTwice ? 'another scheme of the plugin' : (other?.plugin ?? 'a scheme of beamloop');
  throw new BeamloopError('PLUGIN_INVALID', {
    what: `The name ${name} is taken by ${whose}`,
    where: file,
    todo: 'Give the scheme another name',
  });
}

/** All that are loaded. */
export function loadedPlugins(): readonly PluginFile[] {
  return [...loaded.values()];
}

/** The plugin that defines a scheme; null for ours. */
export function pluginOf(scheme: string): PluginFile | null {
  return loadedPlugins().find(({ schemes }) => schemes.includes(scheme)) ?? null;
}

/** Lets another path stand for a plugin that is loaded. */
export function aliasPlugin(file: string, plugin: PluginFile): void {
  aliases.set(path.resolve(file), plugin);
}

/**
 * The name of the scheme that a file defines; null for a file that is not loaded.
 *
 * @throws PLUGIN_INVALID when it defines several.
 */
export function schemeOfFile(file: string): string | null {
  const plugin = aliases.get(path.resolve(file)) ?? loaded.get(path.resolve(file));
  if (plugin === undefined) return null;
  const [name, ...more] = plugin.schemes;
  if (more.length === 0) return name!;
  throw new BeamloopError('PLUGIN_INVALID', {
    what: `The plugin defines ${plugin.schemes.length} schemes: ${plugin.schemes.join(', ')}`,
    where: file,
    todo: 'Load it with --plugin, and name the scheme',
  });
}
