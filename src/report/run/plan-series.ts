/** What is drawn on the plan of the floor: lines, marks and labels. Points are [across, ahead] in metres. */
import { polarPointM } from '../../array/linear-array.js';
import { COLOUR } from '../drawing/colour.js';
import { around, type Box, LABEL_DISTANCE_PX, overlaps, placeLabels } from '../drawing/label-places.js';
import { metres } from '../drawing/number-format.js';
import { textWidthPx } from '../drawing/text-width.js';
import { shown } from '../page/html.js';

export interface Marker {
  readonly ue: string;
  /** [across, ahead], m: y and x of the array's coordinates. Null where nobody knows. */
  readonly truth: readonly [number, number] | null;
  readonly found: readonly [number, number] | null;
  readonly foundAtInfinity: boolean;
  readonly angleRad: number;
}

export interface Plan {
  readonly leftPx: number;
  readonly rightPx: number;
  readonly widthPx: number;
  readonly heightPx: number;
  /** The plan reaches this far to either side, and this far ahead, m. */
  readonly sideM: number;
  readonly reachM: number;
}

export function floorPoint(distanceM: number, angleRad: number): readonly [number, number] {
  const [xM, yM] = polarPointM(distanceM, angleRad);
  return [yM, xM];
}

interface LineStyle {
  readonly color: string;
  readonly width: number;
  readonly type?: 'dashed';
  readonly cap?: 'butt';
}

export function line(name: string, data: unknown, lineStyle: LineStyle, z = 2) {
  const itemStyle = { color: lineStyle.color };
  return {
    name,
    type: 'line' as const,
    data,
    symbol: 'none',
    silent: true,
    clip: true,
    z,
    lineStyle,
    itemStyle,
  };
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
  const scatter = (name: string, data: unknown, symbol: string, symbolSize: number, itemStyle: object) => ({
    name,
    type: 'scatter' as const,
    data,
    symbol,
    symbolSize,
    silent: true,
    itemStyle: { opacity: 1, ...itemStyle },
    z: 5,
  });
  const truths = markers.flatMap(({ truth }) => (truth === null ? [] : [truth]));
  const founds = markers.flatMap(({ found }) => (found === null ? [] : [found]));
  const lost = markers.filter((marker) => marker.foundAtInfinity);
  return [
    scatter('True position', truths, 'circle', 13, {
      color: 'none',
      borderColor: COLOUR.ink,
      borderWidth: 1.8,
    }),
    scatter('Found position', founds, 'diamond', 8, { color: COLOUR.red }),
    scatter(
      'Found at infinity',
      lost.map((m) => floorPoint(reachM * 0.97, m.angleRad)),
      'triangle',
      9,
      {
        color: COLOUR.red,
      },
    ),
  ];
}

function labelSeries(data: unknown, label: object) {
  return {
    type: 'scatter' as const,
    data,
    symbolSize: 0,
    silent: true,
    z: 6,
    label: { show: true, formatter: ({ name }: { name: string }) => name, ...label },
  };
}

/** Where a ring may carry its label: ahead, or else further along it. */
const LABEL_ANGLES_RAD = [0, -0.3, 0.3, -0.5, 0.5, -0.7, 0.7];

export interface RingLabel {
  readonly text: string;
  readonly at: readonly [number, number];
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
      const { x, y } = pixel(plan, at);
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
  return labelSeries(
    labels.map(({ text, at }) => ({ value: at, name: text })),
    { position: 'top', distance: 2, color: COLOUR.sky, fontSize: 11 },
  );
}

/** Within the plan, px from its upper left corner. */
function pixel({ sideM, reachM, widthPx, heightPx }: Plan, [across, ahead]: readonly [number, number]) {
  return { x: ((across + sideM) / (2 * sideM)) * widthPx, y: (1 - ahead / reachM) * heightPx };
}

function markBox(plan: Plan, point: readonly [number, number]): Box {
  const { x, y } = pixel(plan, point);
  return around(x, y, 8);
}

export function userLabels(
  markers: readonly Marker[],
  rings: readonly RingLabel[],
  plan: Plan,
  longest: number,
) {
  const labels = markers.flatMap(({ ue, truth, found }) => {
    const at = truth ?? found;
    return at === null ? [] : [{ at, text: shown(ue, longest), ...pixel(plan, at) }];
  });
  const occupied = [
    ...markers.flatMap(({ found }) => (found === null ? [] : [markBox(plan, found)])),
    ...rings.map(({ box }) => box),
  ];
  const bounds = { left: 2, right: plan.widthPx, top: 0, bottom: plan.heightPx };
  const places = placeLabels(labels, occupied, bounds);
  return labelSeries(
    labels.map(({ at, text }, k) => ({
      value: at,
      name: text,
      label: {
        position: places[k]!.position,
        offset: [0, places[k]!.shiftPx],
        distance: LABEL_DISTANCE_PX,
      },
    })),
    { color: COLOUR.ink, fontSize: 12 },
  );
}
