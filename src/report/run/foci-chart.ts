/** Where the pilots' subcarriers focus, and the users among them: on the plane of direction and distance ring. */
import type { FocalPoint } from '../../array/focal-point.js';
import type { SplitCodebook } from '../../codebook/beam-split.js';
import { BeamloopError } from '../../core/errors.js';
import { fociFigure } from '../../study/common/foci-figure.js';
import { splitOf } from '../../training/registry.js';
import type { Figure } from '../drawing/chart.js';
import { COLOUR } from '../drawing/colour.js';
import { type Point, scatter } from '../drawing/marks.js';
import { plural } from '../drawing/number-format.js';
import { type UserMark, userLabels, userMarkNames, userMarks } from '../drawing/user-marks.js';
import { drawPoints } from '../study/point-figure.js';
import { isMany } from './many-users.js';
import type { RunData } from './run-data.js';
import type { RunFacts } from './run-facts.js';
import { foundFocus, trueFocus } from './user-focus.js';

/** Null for schemes whose pilots do not split. */
export function fociChart(run: RunData): Figure | null {
  const codebook = splitCodebook(run.facts);
  const { sector } = run.facts;
  if (codebook === null || sector === null) return null;
  const marks = run.users.map((user): UserMark => {
    const truth = trueFocus(user);
    const found = foundFocus(run, user.ue);
    return {
      ue: user.ue,
      truth: truth === null ? null : pointOf(truth),
      found: found === null ? null : pointOf(found),
    };
  });
  const foci = fociFigure({ sector }, codebook);
  const rings = marks.flatMap(({ truth, found }) => [truth, found].flatMap((point) => point?.[1] ?? []));
  const figure = {
    ...foci,
    yRange: [Math.min(foci.yRange[0], ...rings), Math.max(foci.yRange[1], ...rings)] as const,
  };
  return {
    id: 'foci',
    title: 'Where the pilots look, and the users',
    description:
      `Foci of the subcarriers of ${plural(codebook.pilots.length, 'pilot')} over ${foci.x.label} and ${foci.y.label}, ` +
      `with ${plural(run.users.length, 'user')} where they are and where they were found.`,
    draw: (widthPx) =>
      drawPoints(figure, widthPx, {
        names: isMany(run) ? ['Found position'] : userMarkNames(marks),
        series: (area) =>
          isMany(run)
            ? [manyMarks(marks)]
            : [...userMarks(marks), userLabels(marks, area, widthPx < 500 ? 14 : 24)],
      }),
  };
}

/** Of many users, where they were found: rings, lines and names would hide one another. */
function manyMarks(marks: readonly UserMark[]) {
  const found = marks.flatMap((mark) => (mark.found === null ? [] : [mark.found]));
  return scatter('Found position', found, 'diamond', 5, { color: COLOUR.red });
}

function pointOf({ sinAngle, ringPerM }: FocalPoint): Point {
  return [sinAngle, ringPerM];
}

/** The pilots again from the recorded scenario. */
function splitCodebook({ choice, polar, band, sector }: RunFacts): SplitCodebook | null {
  const split = choice && splitOf(choice);
  if (split === null || polar === null || band === null || sector === null) return null;
  try {
    return split.codebook(polar.array, { band, sector });
  } catch (error) {
    if (error instanceof BeamloopError) return null;
    throw error;
  }
}
