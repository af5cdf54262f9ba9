/** Writes firmware-protocol/beamloop.lua anew from the message declarations, which were built. */
import { writeFileSync } from 'node:fs';
import { dissectorText } from '../dist/firmware-protocol/dissector.js';

writeFileSync(new URL('../firmware-protocol/beamloop.lua', import.meta.url), dissectorText());
