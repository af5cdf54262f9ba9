/** sharp, loaded when the first picture is decoded: with its library of pictures it takes longer to load than our own command line. */
import { createRequire } from 'node:module';
import { once } from '../core/once.js';

const require = createRequire(import.meta.url);

export const sharp = once(() => require('sharp') as typeof import('sharp').default);
