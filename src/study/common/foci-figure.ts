/** Where the subcarriers of splitting beams focus; reports of runs draw it too. */
import { ringRangeOf, type Sector } from '../../array/focal-point.js';
import type { SplitCodebook } from '../../codebook/beam-split.js';
import type { Axis, PointFigure } from './result.js';

export const DIRECTION: Axis = { label: 'sin(angle)', scale: 'sine' };
export const RING: Axis = { label: 'Distance ring (1/m)', scale: 'ring' };

/** Every visible subcarrier's focus. One pilot, or many, are coloured by frequency; a few each in its own colour. */
export function fociFigure(
  { sector }: { readonly sector: Sector },
  { pilots, band }: SplitCodebook,
): PointFigure {
  const [far, near] = ringRangeOf(sector);
  const rings = pilots.flatMap(({ foci }) => [foci.ringPerM[0]!, foci.ringPerM.at(-1)!]);
  const least = Math.min(0, ...rings);
  const most = Math.max(near, ...rings);
  // Room for dots at the ends, and between the ticks of the two axes.
  const marginPerM = 0.03 * (most - least);
  return {
    kind: 'points',
    title: `Where the subcarriers of ${numberedPilots(pilots.length)} focus`,
    caption:
      'Each dot is the focus of one subcarrier. Under a ring is its distance at broadside; at another angle it is ' +
      `that at broadside times cos^2. The frame is the sector, from ring ${far.toPrecision(3)} to ${near.toPrecision(3)} 1/m.`,
    x: DIRECTION,
    y: RING,
    xRange: [-1, 1],
    yRange: [least - marginPerM, most + marginPerM],
    frame: { x: [-Math.sin(sector.maxAngleRad), Math.sin(sector.maxAngleRad)], y: [far, near] },
    groups: pilots.map(({ foci }, k) => ({
      name: `Pilot ${k + 1}`,
      points: Array.from(foci.visible.keys())
        .filter((m) => foci.visible[m] === 1)
        .map((m) => ({ x: foci.sinAngle[m]!, y: foci.ringPerM[m]!, value: band.frequenciesHz[m]! / 1e9 })),
    })),
    valueLabel: 'Frequency (GHz)',
  };
}

export function numberedPilots(count: number): string {
  return count === 1 ? 'one pilot' : `${count} pilots`;
}
