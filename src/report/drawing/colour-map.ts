/** The one colour map of heat maps, in reports as on the dashboard's page. */

/** Red, green, blue, each 0..255. */
export type Rgb = readonly [number, number, number];

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
