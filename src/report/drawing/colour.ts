/** Colours of figures: one palette that colour-blind readers can tell apart (Okabe and Ito, 2008), one colour map. */
import { findScheme } from '../../training/registry.js';
import type { SchemeColour } from '../../training/scheme-definition.js';
import type { Rgb } from './png.js';

/**
 * Colours of a figure that stands alone on white. Inside a page each becomes a CSS variable of the same name, so that the
 * figure follows the reader's light or dark scheme (page/style.ts sets them).
 */
export const COLOUR = {
  ink: '#1b2026',
  muted: '#5b6570',
  grid: '#dfe3e8',
  band: '#f3f5f7',
  paper: '#fdfdfd',
  blue: '#0a6ebd',
  orange: '#b56a00',
  green: '#0b8f6a',
  purple: '#b5579a',
  red: '#cc4b1f',
  sky: '#0f8fb8',
} as const;

/** For what is not a scheme, or has no colour of its own: in order of appearance. */
const OTHER_COLOURS = [
  COLOUR.blue,
  COLOUR.orange,
  COLOUR.green,
  COLOUR.purple,
  COLOUR.red,
  COLOUR.sky,
  COLOUR.muted,
  COLOUR.ink,
];

function colourOfScheme(name: string): string | undefined {
  const colour: SchemeColour | null = findScheme(name)?.colour ?? null;
  return colour === null ? undefined : COLOUR[colour];
}

/**
 * Colour per name: a scheme has the same one in every figure; other names get the palette's in their order.
 * @param names scheme names, or scheme names with something after a space or comma (`dpc, 15 dB`)
 */
export function coloursOf(names: readonly string[]): string[] {
  const known = names.map((name) => colourOfScheme(name.split(/[ ,(]/)[0]!));
  const free = OTHER_COLOURS.filter((colour) => !known.includes(colour));
  let next = 0;
  return known.map((colour) => colour ?? free[next++ % free.length] ?? COLOUR.muted);
}

/** Of pilots that split, in their order: a pilot has one colour in all figures. */
export function pilotColours(numPilots: number): string[] {
  return coloursOf(Array.from({ length: numPilots }, (_, k) => `Pilot ${k + 1}`));
}

/** Perceptually uniform, readable in grey: viridis (van der Walt and Smith, 2015) from nine stops. */
const STOPS = [0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c, 0x28ae80, 0x5ec962, 0xaddc30, 0xfde725];

/** Colour map with `numEntries` entries from low to high. */
export function colourMap(numEntries: number): Rgb[] {
  return Array.from({ length: numEntries }, (_, k) => {
    const at = (k / Math.max(1, numEntries - 1)) * (STOPS.length - 1);
    const below = Math.min(STOPS.length - 2, Math.floor(at));
    const channel = (shift: number) => {
      const low = (STOPS[below]! >> shift) & 255;
      const high = (STOPS[below + 1]! >> shift) & 255;
      return Math.round(low + (at - below) * (high - low));
    };
    return [channel(16), channel(8), channel(0)] as const;
  });
}
