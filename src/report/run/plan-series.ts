/** What is drawn on the plan of the floor: lines, marks and labels. Points are [across, ahead] in metres. */
import { polarPointM } from '../../array/linear-array.js';
import { COLOUR } from '../drawing/colour.js';
import { around, LABEL_DISTANCE_PX, placeLabels } from '../drawing/label-places.js';
import { metres } from '../drawing/number-format.js';
import { shown } from '../page/html.js';

/** Height of a ring's label with the air around it. */
export const LABEL_PX = 17;

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

export function ringLabels(ringsM: readonly number[]) {
  return labelSeries(
    ringsM.map((ringM) => ({ value: [0, ringM], name: metres(ringM) })),
    { position: 'top', distance: 2, color: COLOUR.sky, fontSize: 11 },
  );
}

export function userLabels(
  markers: readonly Marker[],
  ringsM: readonly number[],
  plan: Plan,
  compact: boolean,
) {
  const { sideM, reachM, widthPx, heightPx } = plan;
  const pixel = ([across, ahead]: readonly [number, number]) => ({
    x: ((across + sideM) / (2 * sideM)) * widthPx,
    y: (1 - ahead / reachM) * heightPx,
  });
  const labels = markers.flatMap(({ ue, truth, found }) => {
    const at = truth ?? found;
    return at === null ? [] : [{ at, text: shown(ue, compact ? 14 : 24), ...pixel(at) }];
  });
  const occupied = [
    ...markers
      .flatMap(({ found }) => (found === null ? [] : [pixel(found)]))
      .map(({ x, y }) => around(x, y, 5)),
    ...ringsM.map((ringM) => {
      const { x, y } = pixel([0, ringM]);
      return { left: x - 25, right: x + 25, top: y - LABEL_PX, bottom: y };
    }),
  ];
  const places = placeLabels(labels, occupied, { left: 2, right: widthPx, top: 0, bottom: heightPx });
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
