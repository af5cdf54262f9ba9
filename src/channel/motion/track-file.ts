/**
 * Tracks as text with commas (CSV): a header, then a line per sample. Times in s with x, y and perhaps z in m, or with
 * latitude and longitude in degrees, as satellite receivers log them.
 */
import type { PointM } from '../../array/linear-array.js';
import { DISTANCE } from '../../core/bounds.js';
import { BeamloopError } from '../../core/errors.js';
import { clipped } from '../../core/printable.js';
import type { TrackSamples } from './sampled-track.js';
import { onTangentPlane } from './tangent-plane.js';

/** Where the array stands on the Earth. */
interface Origin {
  readonly latitudeRad: number;
  readonly longitudeRad: number;
  /** Where the array looks (its x axis), clockwise from north, rad. */
  readonly headingRad: number;
}

export interface TrackFileOptions {
  /** For files with latitude and longitude; null where nobody said. */
  readonly origin: Origin | null;
  /** Time of the file at which the motion begins, s; null: that of its first sample. */
  readonly startS: number | null;
}

const NAMES = {
  time: ['time', 'time_s', 't'],
  x: ['x', 'x_m'],
  y: ['y', 'y_m'],
  z: ['z', 'z_m'],
  latitude: ['latitude', 'latitude_deg', 'lat'],
  longitude: ['longitude', 'longitude_deg', 'lon'],
} as const satisfies Record<string, readonly string[]>;
type Column = keyof typeof NAMES;

/**
 * Reads a track. The array is a line, around which its waves are the same all round: a user at [x, y, z] is to it where one at
 * [sqrt(x^2 + z^2), y] is, and that is where a file with z puts it.
 *
 * @param file named in complaints, with the line.
 * @throws SCENARIO_INVALID.
 */
export function parseTrack(text: string, file: string, { origin, startS }: TrackFileOptions): TrackSamples {
  const lines = text.split(/\r\n|\n|\r/);
  const refuse = (line: number, what: string, todo: string) =>
    new BeamloopError('SCENARIO_INVALID', { what, where: `${file}:${line}`, todo });
  const headerAt = lines.findIndex((line) => line.trim() !== '');
  const columns = columnsOf(lines[Math.max(0, headerAt)]!, (what, todo) =>
    refuse(Math.max(0, headerAt) + 1, what, todo),
  );
  if (columns.x === undefined && origin === null) {
    throw refuse(
      headerAt + 1,
      'The file has latitudes and longitudes, and nothing says where on the Earth the array is',
      'Give it beside the file, e.g. origin: { latitude: 48.15 deg, longitude: 11.57 deg, heading: 90 deg }',
    );
  }
  const timeS: number[] = [];
  const positionM: PointM[] = [];
  for (let k = headerAt + 1; k < lines.length; k++) {
    if (lines[k]!.trim() === '') continue;
    const cells = lines[k]!.split(',').map((cell) => unquoted(cell));
    const number = (column: Column) =>
      numberIn(cells, columns[column]!, column, (what, todo) => refuse(k + 1, what, todo));
    const time = number('time');
    if (timeS.length > 0 && time <= timeS.at(-1)!) {
      throw refuse(
        k + 1,
        `Time ${time} s comes after ${timeS.at(-1)} s: times must ascend`,
        'Put the samples in order of time, and leave out those that repeat one',
      );
    }
    const place =
      columns.x === undefined
        ? onEarth(number('latitude'), number('longitude'), origin!)
        : cartesian(number, columns);
    if (typeof place === 'string') throw refuse(k + 1, place, 'Correct the sample, or leave its line out');
    timeS.push(time);
    positionM.push(place);
  }
  const [firstS] = timeS;
  if (firstS === undefined) {
    throw refuse(lines.length, 'The file has no samples', 'Give at least one line after the header');
  }
  return { timeS: timeS.map((time) => time - (startS ?? firstS)), positionM };
}

type Refuse = (what: string, todo: string) => BeamloopError;

function columnsOf(header: string, refuse: Refuse): Partial<Record<Column, number>> {
  const names = header
    .replace(/^\ufeff/, '')
    .split(',')
    .map((name) => unquoted(name).toLowerCase());
  const columns: Partial<Record<Column, number>> = {};
  for (const column of Object.keys(NAMES) as Column[]) {
    const found = names.flatMap((name, k) =>
      (NAMES[column] as readonly string[]).includes(name) ? [k] : [],
    );
    if (found.length > 1) throw refuse(`The header names ${column} twice`, 'Name each column once');
    if (found.length === 1) columns[column] = found[0]!;
  }
  const has = (...wanted: Column[]) => wanted.every((column) => columns[column] !== undefined);
  const example =
    'Begin the file with a header such as time,x,y or time,latitude,longitude; times in s, x and y in m';
  if (!has('time'))
    throw refuse(`The header has no column 'time': ${clipped(header) || 'the file is empty'}`, example);
  if (has('x', 'y')) return columns;
  if (has('x') || has('y')) throw refuse(`The header has no column '${has('x') ? 'y' : 'x'}'`, example);
  if (has('latitude', 'longitude')) return columns;
  const lacking = has('latitude') ? "'longitude'" : has('longitude') ? "'latitude'" : "'x' and 'y'";
  throw refuse(`The header has no column ${lacking}`, example);
}

function unquoted(cell: string): string {
  return cell.trim().replace(/^"(.*)"$/, '$1');
}

function numberIn(cells: readonly string[], at: number, column: Column, refuse: Refuse): number {
  const cell = cells[at];
  if (cell === undefined || cell === '') {
    throw refuse(`There is no ${column} in this line`, 'Give a value in each column that the header names');
  }
  const value = Number(cell);
  if (Number.isFinite(value)) return value;
  throw refuse(
    `${column} is ${clipped(cell)}, which is no finite number`,
    'Correct the sample, or leave its line out',
  );
}

function cartesian(
  number: (column: Column) => number,
  columns: Partial<Record<Column, number>>,
): PointM | string {
  const x = number('x');
  const y = number('y');
  const z = columns.z === undefined ? 0 : number('z');
  if (Math.hypot(x, y, z) > DISTANCE.most) return tooFar(Math.hypot(x, y, z));
  return [(x < 0 ? -1 : 1) * Math.hypot(x, z), y];
}

/** On the plane that touches the Earth where the array stands (docs/model.md eq. 89). */
function onEarth(latitudeDeg: number, longitudeDeg: number, origin: Origin): PointM | string {
  if (Math.abs(latitudeDeg) > 90) return `latitude is ${latitudeDeg}; it must be from -90 to 90 degrees`;
  if (Math.abs(longitudeDeg) > 360)
    return `longitude is ${longitudeDeg}; it must be from -180 to 180 degrees`;
  const { eastM, northM } = onTangentPlane(latitudeDeg, longitudeDeg, origin);
  const distanceM = Math.hypot(eastM, northM);
  if (distanceM > DISTANCE.most) return tooFar(distanceM);
  const sin = Math.sin(origin.headingRad);
  const cos = Math.cos(origin.headingRad);
  return [eastM * sin + northM * cos, northM * sin - eastM * cos];
}

function tooFar(distanceM: number): string {
  return `The user is ${Math.round(distanceM)} m away from the array; ${DISTANCE.most} m are the most`;
}
