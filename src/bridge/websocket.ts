/** The WebSocket library, loaded when the first bridge or UE is started: by `require`, as src/core/yaml.ts says. */
import { createRequire } from 'node:module';
import { once } from '../core/once.js';

const require = createRequire(import.meta.url);

export const websocket = once(() => require('ws') as typeof import('ws'));
