/**
 * Scenarios of DeepMIMO version 4: `params.json`, and a file per quantity and pair of transmitter and set of receivers,
 * `power_t001_tx000_r000.npz`, with a row per user, padded with NaN (.mat, .npz and .npy alike).
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readMat } from '../mat/mat-file.js';
import { Matrix, type NumberArray } from '../numpy/matrix.js';
import { readNpy } from '../numpy/npy.js';
import { readNpz } from '../numpy/npz.js';
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

const LAYOUT = 'DeepMIMO v4';
/** Names of a quantity, the usual one first. */
const NAMES = {
  power: ['power'],
  phase: ['phase'],
  delay: ['delay', 'toa'],
  departureAzimuth: ['aod_az'],
  departureElevation: ['aod_el'],
  arrivalAzimuth: ['aoa_az'],
  arrivalElevation: ['aoa_el'],
  interactions: ['inter'],
  receivers: ['rx_pos', 'rx_loc'],
  transmitter: ['tx_pos', 'tx_loc'],
} as const;
type Quantity = keyof typeof NAMES;
const NEEDED: readonly Quantity[] = [
  'power',
  'phase',
  'delay',
  'departureAzimuth',
  'departureElevation',
  'receivers',
];
const PER_PATH: readonly Quantity[] = [
  ...['power', 'phase', 'delay', 'departureAzimuth', 'departureElevation'],
  ...['arrivalAzimuth', 'arrivalElevation', 'interactions'],
] as Quantity[];

interface PairFiles {
  readonly base: string;
  readonly receivers: string;
  readonly names: Partial<Record<Quantity, { readonly file: string; readonly name: string }>>;
}

/** Pairs of transmitter and receivers among names of files, in their order. */
export function pairsOf(names: readonly string[]): PairFiles[] {
  const pairs = new Map<string, PairFiles>();
  for (const file of [...names].sort()) {
    const match = /^([a-z_]+)_(t\d+_tx\d+)_(r\d+)\.(mat|npz|npy)$/.exec(file);
    if (match === null) continue;
    const [, name = '', base = '', receivers = ''] = match;
    const quantity = (Object.keys(NAMES) as Quantity[]).find((each) =>
      (NAMES[each] as readonly string[]).includes(name),
    );
    if (quantity === undefined) continue;
    const key = `${base}_${receivers}`;
    if (!pairs.has(key)) pairs.set(key, { base, receivers, names: {} });
    pairs.get(key)!.names[quantity] ??= { file, name };
  }
  return [...pairs.values()];
}

/**
 * Opens a scenario: its parameters and places are read, paths when they are asked for.
 *
 * @param names of the files in the folder.
 * @throws DATASET_INVALID; so does `users` for quantities that are cut off or of different shapes.
 */
export async function openV4(
  folder: string,
  names: readonly string[],
  parametersFile: string,
): Promise<PathScenario> {
  const problems = new Problems();
  const pairs = pairsOf(names);
  const parameters = await readParameters(parametersFile);
  const carrier = numberAt(parameters, ['rt_params', 'frequency']);
  if (carrier === null) problems.add('no rt_params.frequency', parametersFile, 'the carrier is not known');
  const bandwidth = numberAt(parameters, ['bandwidth']) ?? numberAt(parameters, ['ofdm', 'bandwidth']);
  const bases = new Map<string, PlaceM | null>();
  let numRows = 0;
  for (const pair of pairs) {
    const lacking = NEEDED.filter((quantity) => pair.names[quantity] === undefined);
    if (lacking.length > 0) {
      throw invalid(
        `Files of ${pair.base}_${pair.receivers} are missing: ${lacking.map((quantity) => NAMES[quantity][0]).join(', ')}`,
        folder,
        'Take all files of the scenario as it is distributed',
      );
    }
    numRows += (await readQuantity(folder, pair, 'receivers'))!.numRows;
    const place = await readQuantity(folder, pair, 'transmitter');
    bases.set(pair.base, place === null ? null : placeIn(place, 0));
  }
  return {
    layout: LAYOUT,
    files: [
      path.basename(parametersFile),
      ...pairs.flatMap((pair) => Object.values(pair.names).map(({ file }) => file)),
    ],
    carrierHz: carrier === null ? null : carrierOf(LAYOUT, carrier, `${parametersFile}: rt_params.frequency`),
    bandwidthHz: bandwidth === null ? null : bandwidthOf(LAYOUT, bandwidth, `${parametersFile}: bandwidth`),
    numRows,
    bases: [...bases].map(([base, positionM]) => ({ base, positionM })),
    async *users(signal) {
      for (const pair of pairs) yield* usersOf(folder, pair, problems, signal);
    },
    problems: () => problems.list(),
  };
}

async function* usersOf(
  folder: string,
  pair: PairFiles,
  problems: Problems,
  signal: AbortSignal | undefined,
): AsyncGenerator<UserPaths> {
  const tables: Partial<Record<Quantity, Matrix>> = {};
  for (const quantity of [...PER_PATH, 'receivers'] as Quantity[]) {
    signal?.throwIfAborted();
    const table = await readQuantity(folder, pair, quantity);
    if (table !== null) tables[quantity] = table;
  }
  const { power, receivers } = tables as { power: Matrix; receivers: Matrix };
  for (const [quantity, table] of Object.entries(tables) as [Quantity, Matrix][]) {
    const isPerPath = PER_PATH.includes(quantity);
    const right =
      table.numRows === power.numRows &&
      (isPerPath ? table.numColumns === power.numColumns : table.numColumns >= 3);
    if (right) continue;
    throw invalid(
      `'${pair.names[quantity]!.name}' is ${table.numRows} x ${table.numColumns}, and 'power' ${power.numRows} x ${power.numColumns}`,
      path.join(folder, pair.names[quantity]!.file),
      'Take all files of the scenario from one download',
    );
  }
  for (let user = 0; user < power.numRows; user++) {
    const columns = Array.from({ length: power.numColumns }, (_, k) => k).filter((k) =>
      isWhole(tables, user, k),
    );
    const numPadded = columnsWithPower(power, user) - columns.length;
    if (numPadded > 0) {
      problems.add(
        'a path has a power and lacks its phase, delay or direction',
        `${pair.base}_${pair.receivers}: user ${user}`,
        'it is left out',
      );
    }
    const row = (table: Matrix, convert: (value: number) => number) =>
      Float64Array.from(columns, (k) => convert(table.at(user, k)));
    const optional = (table: Matrix | undefined, convert: (value: number) => number) =>
      table === undefined ? null : row(table, convert);
    const radians = (deg: number) => deg * RAD_PER_DEG;
    yield {
      base: pair.base,
      receivers: pair.receivers,
      user,
      positionM: placeIn(receivers, user),
      power: row(power, (dbw) => 10 ** (dbw / 10)),
      phaseRad: row(tables.phase!, radians),
      delayS: row(tables.delay!, (seconds) => seconds),
      departureAzimuthRad: row(tables.departureAzimuth!, radians),
      departureElevationRad: row(tables.departureElevation!, elevationOfZenithDeg),
      arrivalAzimuthRad: optional(tables.arrivalAzimuth, radians),
      arrivalElevationRad: optional(tables.arrivalElevation, elevationOfZenithDeg),
      interactions: Int32Array.from(optional(tables.interactions, (code) => code) ?? columns.map(() => -1)),
    };
  }
}

const NEEDED_PER_PATH = ['power', 'phase', 'delay', 'departureAzimuth', 'departureElevation'] as const;

function isWhole(tables: Partial<Record<Quantity, Matrix>>, user: number, k: number): boolean {
  return NEEDED_PER_PATH.every((quantity) => Number.isFinite(tables[quantity]!.at(user, k)));
}

function columnsWithPower(power: Matrix, user: number): number {
  let count = 0;
  for (let k = 0; k < power.numColumns; k++) if (Number.isFinite(power.at(user, k))) count += 1;
  return count;
}

function placeIn(table: Matrix, row: number): PlaceM {
  return [table.at(row, 0), table.at(row, 1), table.at(row, 2)];
}

async function readQuantity(folder: string, pair: PairFiles, quantity: Quantity): Promise<Matrix | null> {
  const found = pair.names[quantity];
  if (found === undefined) return null;
  const file = path.join(folder, found.file);
  const bytes = await readFile(file);
  if (file.endsWith('.npy')) return new Matrix(asRows(readNpy(bytes, file)));
  if (file.endsWith('.npz')) return new Matrix(asRows(readNpz(bytes, found.name, file)));
  const variables = readMat(bytes, file);
  const variable = variables.get(found.name);
  if (variable?.kind === 'numbers') {
    return new Matrix({ dimensions: variable.dimensions, values: variable.values(), columnsFirst: true });
  }
  throw invalid(
    `The file holds no matrix '${found.name}': ${[...variables.keys()].join(', ') || 'it is empty'}`,
    file,
    'Take the file from the scenario as it is distributed',
  );
}

/** One place alone may be stored without a row of its own. */
function asRows(array: NumberArray): NumberArray {
  return array.dimensions.length === 1 ? { ...array, dimensions: [1, ...array.dimensions] } : array;
}

async function readParameters(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(
      `The file is no JSON: ${(cause as Error).message}`,
      file,
      'Copy or download it again',
      cause,
    );
  }
}

function numberAt(value: unknown, keys: readonly string[]): number | null {
  let inner = value;
  for (const key of keys) inner = (inner as Record<string, unknown> | null | undefined)?.[key];
  return typeof inner === 'number' ? inner : null;
}
