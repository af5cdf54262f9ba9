/** Figures of beams that split, on the plane of direction and distance ring. */
import { ringRangeOf } from '../../array/focal-point.js';
import type { SplitCodebook } from '../../codebook/beam-split.js';
import type { Axis, HeatFigure, LineFigure, PointFigure } from '../common/result.js';
import type { RateSetting } from '../rate/rate-setting.js';
import type { BeamSplitRow, GainMap } from './beam-split-rows.js';

const DIRECTION: Axis = { label: 'sin(angle)', scale: 'sine' };
const RING: Axis = { label: 'Distance ring (1/m)', scale: 'ring' };
/** Below this everything is dark: a hole is a hole. */
const DARKEST_DB = -9;

/** Every visible subcarrier's focus. One pilot, or many, are coloured by frequency; a few each in its own colour. */
export function fociFigure(
  { sector }: Pick<RateSetting, 'sector'>,
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
    title: `Where the subcarriers of ${numbered(pilots.length)} focus`,
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

export function coverageMap(
  { pilots }: SplitCodebook,
  { sinAngles, ringsPerM, gainDb }: GainMap,
): HeatFigure {
  return {
    kind: 'heat',
    title: `What the strongest subcarrier of ${numbered(pilots.length)} brings`,
    caption: 'Power gain of the strongest subcarrier of all pilots over the sector; 0 dB is a perfect beam.',
    x: DIRECTION,
    y: RING,
    xs: sinAngles,
    ys: ringsPerM,
    values: gainDb,
    valueLabel: 'Power gain (dB)',
    range: [DARKEST_DB, 0],
    outlines: [],
  };
}

export function shareFigure(rows: readonly BeamSplitRow[]): LineFigure {
  return {
    kind: 'lines',
    title: 'Share of the sector covered by number of pilots',
    caption:
      'Share of directions and rings where a subcarrier of a pilot reaches half the power of a perfect beam.',
    x: { label: 'Pilots', scale: 'linear' },
    y: { label: 'Share covered at -3 dB', scale: 'near-one' },
    series: [
      {
        name: 'Covered',
        points: rows.map((row) => ({ x: row.numPilots, y: row.coveredShare })),
      },
    ],
  };
}

function numbered(count: number): string {
  return count === 1 ? 'one pilot' : `${count} pilots`;
}
