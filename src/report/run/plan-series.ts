/** What is drawn on the plan of the floor: lines, marks and labels. Points are [across, ahead] in metres. */
import { polarPointM } from '../../array/linear-array.js';
import { COLOUR } from '../drawing/colour.js';
import { type Box, overlaps } from '../drawing/label-places.js';
import { line, type Point, scatter, textSeries } from '../drawing/marks.js';
import { metres } from '../drawing/number-format.js';
import { textWidthPx } from '../drawing/text-width.js';
import { markBox, type PlotArea, pixelIn, type UserMark, userMarks } from '../drawing/user-marks.js';

/** `truth` and `found` are [across, ahead], m: y and x of the array's coordinates. */
export interface Marker extends UserMark {
  readonly foundAtInfinity: boolean;
  readonly angleRad: number;
}

export interface Plan extends PlotArea {
  readonly leftPx: number;
  readonly rightPx: number;
  /** The plan reaches this far to either side, and this far ahead, m. */
  readonly sideM: number;
  readonly reachM: number;
}

export function floorPoint(distanceM: number, angleRad: number): Point {
  const [xM, yM] = polarPointM(distanceM, angleRad);
  return [yM, xM];
}

/** The aperture to scale, but never too small to be seen. */
export function arrayLine(halfApertureM: number, sideM: number) {
  const halfM = Math.max(halfApertureM, sideM * 0.006);
  const data = [
    [-halfM, 0],
    [halfM, 0],
  ];
  return { ...line('Array', data, { color: COLOUR.ink, width: 6, cap: 'butt' }, 4), clip: false };
}

export function markSeries(markers: readonly Marker[], reachM: number) {
  const lost = markers.filter((marker) => marker.foundAtInfinity);
  return [
    ...userMarks(markers),
    scatter(
      'Found at infinity',
      lost.map((m) => floorPoint(reachM * 0.97, m.angleRad)),
      'triangle',
      9,
      { color: COLOUR.red },
    ),
  ];
}

/** Where a ring may carry its label: ahead, or else further along it. */
const LABEL_ANGLES_RAD = [0, -0.3, 0.3, -0.5, 0.5, -0.7, 0.7];

export interface RingLabel {
  readonly text: string;
  readonly at: Point;
  readonly box: Box;
}

/** A label per ring, from the outermost inwards, as far as they keep clear of the users' marks and of one another. */
export function placeRingLabels(
  ringsM: readonly number[],
  markers: readonly Marker[],
  plan: Plan,
): RingLabel[] {
  const taken = markers.flatMap(({ truth, found }) =>
    [truth, found].flatMap((point) => (point === null ? [] : [markBox(plan, point)])),
  );
  return ringsM.toReversed().flatMap((ringM) => {
    const text = metres(ringM);
    for (const angleRad of LABEL_ANGLES_RAD) {
      const at = floorPoint(ringM * Math.cos(angleRad) ** 2, angleRad);
      const { x, y } = pixelIn(plan, at);
      const half = textWidthPx(text, 11) / 2;
      const box = { left: x - half, right: x + half, top: y - 17, bottom: y - 1 };
      if (taken.some((other) => overlaps(box, other))) continue;
      taken.push(box);
      return [{ text, at, box }];
    }
    return [];
  });
}

export function ringLabels(labels: readonly RingLabel[]) {
  return textSeries(
    labels.map(({ text, at }) => ({ value: at, name: text })),
    { position: 'top', distance: 2, color: COLOUR.sky, fontSize: 11 },
  );
}
