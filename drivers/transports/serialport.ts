/** node-serialport, loaded when the first port is opened or ports are listed: by `require`, as src/core/yaml.ts says. */
import { createRequire } from 'node:module';
import { once } from '../../src/core/once.js';

const require = createRequire(import.meta.url);

export const serialport = once(() => require('serialport') as typeof import('serialport'));
