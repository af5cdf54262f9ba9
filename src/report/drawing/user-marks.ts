/** Users in a figure: a ring where one is, a diamond where one was found, a line between them, and the name. */
import { shown } from '../page/html.js';
import { COLOUR } from './colour.js';
import { around, type Box, LABEL_DISTANCE_PX, placeLabels } from './label-places.js';
import { line, type Point, scatter, textSeries } from './marks.js';

export interface UserMark {
  readonly ue: string;
  /** Null where nobody knows. */
  readonly truth: Point | null;
  readonly found: Point | null;
}

/** Where the axes are, and what they span: [least, most]. */
export interface PlotArea {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly xRange: Point;
  readonly yRange: Point;
}

/** Names of the marks in a legend, as far as there are such marks. */
export function userMarkNames(marks: readonly UserMark[]): string[] {
  return [...(marks.some(({ truth }) => truth !== null) ? ['True position'] : []), 'Found position'];
}

/** Within the area, px from its upper left corner. */
export function pixelIn({ widthPx, heightPx, xRange, yRange }: PlotArea, [x, y]: Point) {
  return {
    x: ((x - xRange[0]) / (xRange[1] - xRange[0])) * widthPx,
    y: (1 - (y - yRange[0]) / (yRange[1] - yRange[0])) * heightPx,
  };
}

export function markBox(area: PlotArea, point: Point): Box {
  const { x, y } = pixelIn(area, point);
  return around(x, y, 8);
}

export function userMarks(marks: readonly UserMark[]) {
  const truths = marks.flatMap(({ truth }) => (truth === null ? [] : [truth]));
  const founds = marks.flatMap(({ found }) => (found === null ? [] : [found]));
  return [
    ...marks.flatMap(({ truth, found }) =>
      truth === null || found === null
        ? []
        : [line('Error', [truth, found], { color: COLOUR.red, width: 1.5 }, 4)],
    ),
    scatter('True position', truths, 'circle', 13, {
      color: 'none',
      borderColor: COLOUR.ink,
      borderWidth: 1.8,
    }),
    scatter('Found position', founds, 'diamond', 8, { color: COLOUR.red }),
  ];
}

/**
 * Names beside the marks.
 *
 * @param longest characters of a name that are shown.
 * @param taken places, px, that names keep clear of.
 */
export function userLabels(
  marks: readonly UserMark[],
  area: PlotArea,
  longest: number,
  taken: readonly Box[] = [],
) {
  const labels = marks.flatMap(({ ue, truth, found }) => {
    const at = truth ?? found;
    return at === null ? [] : [{ at, text: shown(ue, longest), ...pixelIn(area, at) }];
  });
  const occupied = [
    ...marks.flatMap(({ found }) => (found === null ? [] : [markBox(area, found)])),
    ...taken,
  ];
  const bounds = { left: 2, right: area.widthPx, top: 0, bottom: area.heightPx };
  const places = placeLabels(labels, occupied, bounds);
  return textSeries(
    labels.map(({ at, text }, k) => ({
      value: at,
      name: text,
      label: {
        position: places[k]!.position,
        offset: [0, places[k]!.shiftPx],
        distance: LABEL_DISTANCE_PX,
      },
    })),
    { color: COLOUR.ink, fontSize: 12, textBorderColor: COLOUR.paper, textBorderWidth: 3 },
  );
}
