/** YAML, loaded when the first file is read. */
import { createRequire } from 'node:module';
import { once } from './once.js';

/**
 * Node's `import` of a CommonJS package reads through all of its files for names that they export, which takes longer than to run
 * them. `require` does not.
 */
const require = createRequire(import.meta.url);

export const yaml = once(() => require('yaml') as typeof import('yaml'));
