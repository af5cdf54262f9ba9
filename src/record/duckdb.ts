/** DuckDB, loaded when the first recording is made or opened: by `require`, as src/core/yaml.ts says. */
import { createRequire } from 'node:module';
import { once } from '../core/once.js';

const require = createRequire(import.meta.url);

export const duckdb = once(() => require('@duckdb/node-api') as typeof import('@duckdb/node-api'));
