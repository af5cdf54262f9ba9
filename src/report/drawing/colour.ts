/** Colours of figures: one palette that colour-blind readers can tell apart (Okabe and Ito, 2008). */
import { findScheme } from '../../training/registry.js';
import type { SchemeColour } from '../../training/scheme-definition.js';

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
