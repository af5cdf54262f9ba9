/** Files in place of scheme names in scenario and study files: `scheme: ./my-scheme.js`, relative to the file that says so. */
import path from 'node:path';
import { z } from 'zod';
import { BeamloopError } from '../../core/errors.js';
import { yaml } from '../../core/yaml.js';
import { loadPlugin, schemeOfFile } from './plugin-file.js';

/** No file is nested so deep but by anchors that stand for one another. */
const DEEPEST = 40;

/**
 * Whether a text may name a path or a file of JavaScript; ports are none. Of a large file, parsing takes most of the time until
 * it is planned: one that names no plugin is parsed once, by whoever reads it.
 */
const MAY_NAME_A_FILE = /\.[cm]?js\b|(?:^|[\s'"[{,:])(?!\/dev\/)\.{0,2}[\\/]/im;

/** A path, or a file of JavaScript. */
function isPluginPath(name: string): boolean {
  return /^\.{0,2}[\\/]|\.[cm]?js$/i.test(name);
}

/**
 * Loads the plugins that a settings file names.
 *
 * @param text of the file.
 * @throws PLUGIN_INVALID.
 */
export async function loadNamedPlugins(text: string, file: string): Promise<void> {
  for (const written of pluginPathsIn(text)) await loadPlugin(path.resolve(path.dirname(file), written));
}

/** Files in place of scheme names, as the text has them. What is wrong with it otherwise is told when it is read. */
export function pluginPathsIn(text: string): readonly string[] {
  if (!MAY_NAME_A_FILE.test(text)) return [];
  let data: unknown;
  try {
    data = yaml().parse(text, { logLevel: 'error' });
  } catch {
    return [];
  }
  const paths = new Set<string>();
  withNames(data, (name) => {
    paths.add(name);
    return name;
  });
  return [...paths];
}

/** A schema for data in which files stand for schemes; its plugins must have been loaded. */
export function withPluginSchemes<S extends z.ZodType>(schema: S, file: string) {
  return z.preprocess(
    (data) =>
      withNames(data, (written) => {
        const name = schemeOfFile(path.resolve(path.dirname(file), written));
        if (name !== null) return name;
        throw new BeamloopError('PLUGIN_INVALID', {
          what: `The plugin ${written} is not loaded`,
          where: file,
          todo: 'Load it first: loadNamedPlugins, or --plugin',
        });
      }),
    schema,
  );
}

/** The data with another name for each file that stands for a scheme; the data itself where there is none. */
function withNames(data: unknown, nameOf: (path: string) => string, depth = 0): unknown {
  if (depth === DEEPEST) return data;
  if (Array.isArray(data)) return data.map((each) => withNames(each, nameOf, depth + 1));
  if (data === null || typeof data !== 'object') return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      key === 'scheme' || key === 'schemes'
        ? schemesNamed(value, nameOf)
        : withNames(value, nameOf, depth + 1),
    ]),
  );
}

/** One scheme, a list of them, or a map of them by names of their own. */
function schemesNamed(value: unknown, nameOf: (path: string) => string): unknown {
  if (typeof value === 'string') return isPluginPath(value) ? nameOf(value) : value;
  if (Array.isArray(value)) return value.map((each) => schemesNamed(each, nameOf));
  if (value === null || typeof value !== 'object') return value;
  const { name } = value as { readonly name?: unknown };
  if (typeof name === 'string') return isPluginPath(name) ? { ...value, name: nameOf(name) } : value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, schemesNamed(each, nameOf)]));
}
