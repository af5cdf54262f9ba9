/** Scenarios of DeepMIMO version 3: `params.mat`, and `BS{i}_UE_{a}-{b}.mat` with users a to b - 1 of base station i. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type MatVariable, readMat } from '../mat/mat-file.js';
import { Matrix } from '../numpy/matrix.js';
import { invalid, Problems } from '../problems.js';
import {
  bandwidthOf,
  carrierOf,
  elevationOfZenithDeg,
  type PathScenario,
  type PlaceM,
  RAD_PER_DEG,
  type UserPaths,
} from './user-paths.js';

interface UserFile {
  readonly name: string;
  readonly base: number;
  readonly first: number;
  /** Number after the last user's. */
  readonly end: number;
}

/** Rows of a user's matrix, whose columns are paths. */
const ROW = {
  phaseDeg: 0,
  delayS: 1,
  powerDbm: 2,
  doaPhi: 3,
  doaTheta: 4,
  dodPhi: 5,
  dodTheta: 6,
  lineOfSight: 7,
};
/** Without and with speeds and accelerations of the Doppler effect. */
const ROW_COUNTS = [8, 10];
const LAYOUT = 'DeepMIMO v3';

/** Files of users among names; in order of base stations and users. */
export function userFilesOf(names: readonly string[]): UserFile[] {
  return names
    .flatMap((name) => {
      const match = /^BS(\d+)_UE_(\d+)-(\d+)\.mat$/.exec(name);
      if (match === null) return [];
      return [{ name, base: Number(match[1]), first: Number(match[2]), end: Number(match[3]) }];
    })
    .sort((a, b) => a.base - b.base || a.first - b.first);
}

/**
 * Opens a scenario: its parameters are read, users when they are asked for.
 *
 * @param names of the files in the folder.
 * @throws DATASET_INVALID; so does `users` for a file that is cut off, or does not hold the users that its name says.
 */
export async function openV3(folder: string, names: readonly string[]): Promise<PathScenario> {
  const files = userFilesOf(names);
  const problems = new Problems();
  const parametersFile = path.join(folder, 'params.mat');
  const parameters = readMat(await readFile(parametersFile), parametersFile);
  const number = (name: string) => scalar(parameters.get(name));
  const carrier = number('carrier_freq');
  if (carrier === null) problems.add('no carrier_freq', parametersFile, 'the carrier is not known');
  const transmitted = number('transmit_power');
  if (transmitted === null) {
    throw invalid(
      'There is no transmit_power, and powers of paths are relative to it',
      parametersFile,
      'Take params.mat from the scenario as it is distributed',
    );
  }
  const bandwidth = number('bandwidth');
  requireCoverage(files, folder, problems);
  const bases = [...new Set(files.map(({ base }) => base))];
  const first = await Promise.all(
    bases.map((base) => basePlace(folder, files.find((file) => file.base === base)!, names)),
  );
  return {
    layout: LAYOUT,
    files: ['params.mat', ...files.map(({ name }) => name)],
    carrierHz: carrier === null ? null : carrierOf(LAYOUT, carrier, `${parametersFile}: carrier_freq`),
    bandwidthHz: bandwidth === null ? null : bandwidthOf(LAYOUT, bandwidth, `${parametersFile}: bandwidth`),
    numRows: files.reduce((sum, file) => sum + file.end - file.first, 0),
    bases: bases.map((base, k) => ({ base: `BS${base}`, positionM: first[k]! })),
    async *users(signal) {
      for (const file of files) {
        signal?.throwIfAborted();
        const where = path.join(folder, file.name);
        const variables = readMat(await readFile(where), where);
        yield* usersIn(variables, file, where, transmitted, problems);
      }
    },
    problems: () => problems.list(),
  };
}

function* usersIn(
  variables: Map<string, MatVariable>,
  file: UserFile,
  where: string,
  transmittedDbm: number,
  problems: Problems,
): Generator<UserPaths> {
  const polarised = variables.get('channels_VV');
  if (polarised !== undefined) {
    problems.add('channels of several polarisations', where, 'vertical to vertical (VV) is taken');
  }
  const channels = variables.get('channels') ?? polarised;
  const places = variables.get('rx_locs');
  if (channels?.kind !== 'cell' || places?.kind !== 'numbers') {
    throw invalid(
      `The file lacks ${channels?.kind !== 'cell' ? "the cell 'channels'" : "the matrix 'rx_locs'"}; it holds ${[...variables.keys()].join(', ') || 'nothing'}`,
      where,
      'Take the file from the scenario as it is distributed',
    );
  }
  const numUsers = file.end - file.first;
  const numCells = channels.dimensions.reduce((product, size) => product * size, 1);
  for (const [what, count] of [
    ['channels', numCells],
    ['rx_locs', places.dimensions[0] ?? 0],
  ] as const) {
    if (count === numUsers) continue;
    throw invalid(
      `'${what}' has ${count} users, and the file's name says ${numUsers}: ${file.first} to ${file.end - 1} (the second number is not included)`,
      where,
      `Rename the file to BS${file.base}_UE_${file.first}-${file.first + count}.mat if these are the users from ${file.first} on, or download it again`,
    );
  }
  const located = new Matrix({ dimensions: places.dimensions, values: places.values(), columnsFirst: true });
  let user = file.first;
  for (const cell of channels.elements()) {
    const row = user - file.first;
    const positionM: PlaceM = [located.at(row, 0), located.at(row, 1), located.at(row, 2)];
    yield {
      ...pathsIn(cell, `${where}: user ${user}`, transmittedDbm),
      base: `BS${file.base}`,
      receivers: null,
      user,
      positionM,
    };
    user += 1;
  }
}

/** A struct whose first field, `p`, is a matrix with a column per path; empty where no path arrives. */
function pathsIn(cell: MatVariable, where: string, transmittedDbm: number) {
  const p = cell.kind === 'struct' ? cell.fields().values().next().value : cell;
  const isEmpty = p === undefined || p.dimensions.includes(0);
  if (!isEmpty && (p.kind !== 'numbers' || !ROW_COUNTS.includes(p.dimensions[0]!))) {
    throw invalid(
      `The paths are no matrix of ${ROW_COUNTS.join(' or ')} rows: ${p.dimensions.join(' x ')}`,
      where,
      'Take the file from the scenario as it is distributed',
    );
  }
  const matrix =
    isEmpty || p.kind !== 'numbers'
      ? null
      : { dimensions: p.dimensions, values: p.values(), columnsFirst: true };
  const table = matrix === null ? null : new Matrix(matrix);
  const row = (index: number, convert: (value: number) => number) =>
    Float64Array.from({ length: table?.numColumns ?? 0 }, (_, k) => convert(table!.at(index, k)));
  const radians = (deg: number) => deg * RAD_PER_DEG;
  return {
    power: row(ROW.powerDbm, (dbm) => 10 ** ((dbm + 30 - transmittedDbm) / 10 - 3)),
    phaseRad: row(ROW.phaseDeg, radians),
    delayS: row(ROW.delayS, (seconds) => seconds),
    departureAzimuthRad: row(ROW.dodPhi, radians),
    departureElevationRad: row(ROW.dodTheta, elevationOfZenithDeg),
    arrivalAzimuthRad: row(ROW.doaPhi, radians),
    arrivalElevationRad: row(ROW.doaTheta, elevationOfZenithDeg),
    interactions: Int32Array.from(row(ROW.lineOfSight, (is) => (is === 1 ? 0 : -1))),
  };
}

/** The transmitter's place stands in each file of users, in older scenarios in that of base stations alone. */
async function basePlace(folder: string, file: UserFile, names: readonly string[]): Promise<PlaceM | null> {
  const where = path.join(folder, file.name);
  const own = readMat(await readFile(where), where).get('tx_loc');
  if (own?.kind === 'numbers' && own.values().length >= 3) {
    const [x, y, z] = own.values();
    return [x!, y!, z!];
  }
  const name = `BS${file.base}_BS.mat`;
  if (!names.includes(name)) return null;
  const others = readMat(await readFile(path.join(folder, name)), path.join(folder, name)).get('rx_locs');
  if (others?.kind !== 'numbers' || (others.dimensions[0] ?? 0) < file.base) return null;
  const places = new Matrix({ dimensions: others.dimensions, values: others.values(), columnsFirst: true });
  const row = file.base - 1;
  return [places.at(row, 0), places.at(row, 1), places.at(row, 2)];
}

function scalar(variable: MatVariable | undefined): number | null {
  if (variable?.kind !== 'numbers') return null;
  return variable.values()[0] ?? null;
}

/** Users that no file holds are a remark; those that two files hold would be counted twice. */
function requireCoverage(files: readonly UserFile[], folder: string, problems: Problems): void {
  for (const [k, file] of files.entries()) {
    const where = path.join(folder, file.name);
    if (file.end <= file.first) {
      throw invalid(
        'The name says that there are no users in the file',
        where,
        'Name it BS{i}_UE_{first}-{last + 1}.mat',
      );
    }
    const before = files[k - 1];
    const expected = before?.base === file.base ? before.end : 0;
    if (file.first > expected)
      problems.add('users between two files are missing', where, 'they are left out');
    if (file.first < expected) {
      throw invalid(
        `Users ${file.first} to ${Math.min(expected, file.end) - 1} are in ${before!.name}, too`,
        where,
        'Keep one of the files',
      );
    }
  }
}
