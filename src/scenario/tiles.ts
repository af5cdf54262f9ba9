/** Which elements of the array each of several boards drives. */
import type { TileElements } from '../core/element-run.js';
import { BeamloopError } from '../core/errors.js';
import { plural } from '../core/plural.js';
import type { Scenario } from './scenario-schema.js';
import type { TileSection } from './tiles-schema.js';

export interface PlannedTile {
  /** Null for an emulated board. */
  readonly port: string | null;
  readonly elements: TileElements;
  /** Whether the elements are given the other way round. */
  readonly reversed: boolean;
}

/** Of a slot, by how much boards may begin it apart, unless a scenario says. */
const ALIGNMENT_SHARE = 0.5;

/**
 * In the order of the scenario; null where one board is the whole array.
 *
 * @throws SCENARIO_INVALID where elements are missing, driven twice or not those of the array.
 */
export function tilesOf({ array, board }: Scenario, file?: string): PlannedTile[] | null {
  if (board.tiles === undefined) return null;
  const { elements: numElements } = array;
  const places = placesOf(board.tiles, numElements, file);
  const drivenBy = new Map<number, number>();
  for (const [k, elements] of places.entries()) {
    for (const element of elements) {
      const other = drivenBy.get(element);
      if (element >= numElements || other !== undefined) {
        throw wrong(
          element >= numElements
            ? `Board ${k + 1} drives element ${element + 1}; the array has ${numElements}`
            : `Boards ${other! + 1} and ${k + 1} both drive element ${element + 1}`,
          'Give each element of the array to one board; elements count from 1',
          file,
          k,
        );
      }
      drivenBy.set(element, k);
    }
  }
  if (drivenBy.size < numElements) {
    const missing = Array.from({ length: numElements }, (_, n) => n).find((n) => !drivenBy.has(n))!;
    throw wrong(
      `The boards drive ${drivenBy.size} elements of ${numElements}; nobody drives element ${missing + 1}`,
      'Let their elements add up to array.elements',
      file,
    );
  }
  return board.tiles.map(({ port, reversed }, k) => ({ port: port ?? null, elements: places[k]!, reversed }));
}

/** How far apart boards may begin one slot, s. */
export function alignmentOf({ board, slots }: Scenario): number {
  return board.alignment ?? ALIGNMENT_SHARE * slots.duration;
}

function placesOf(tiles: readonly TileSection[], numElements: number, file?: string): TileElements[] {
  const shareless = tiles.filter(({ elements }) => elements === undefined).length;
  const given = tiles.reduce(
    (sum, { elements = 0 }) => sum + (Array.isArray(elements) ? elements.length : elements),
    0,
  );
  const share = (numElements - given) / shareless;
  if (shareless > 0 && (!Number.isInteger(share) || share < 1)) {
    throw wrong(
      `${numElements - given} of ${numElements} elements cannot be shared out evenly among ${plural(shareless, 'board')}`,
      'Say how many elements each board has, e.g. { elements: 64 }',
      file,
    );
  }
  const listed = new Set(tiles.flatMap(({ elements }) => (Array.isArray(elements) ? elements : [])));
  // Boards that say how many take, one after the other, what no board lists.
  const free = Array.from({ length: numElements }, (_, n) => n).filter((n) => !listed.has(n + 1));
  return tiles.map(({ elements, reversed }, k) => {
    const count = Array.isArray(elements) ? 0 : (elements ?? share);
    if (count > free.length) {
      throw wrong(
        `Board ${k + 1} drives ${plural(count, 'element')}; of ${numElements}, ${free.length} are left for it`,
        'Let their elements add up to array.elements',
        file,
        k,
      );
    }
    const own = Array.isArray(elements) ? elements.map((element) => element - 1) : free.splice(0, count);
    return Uint32Array.from(reversed ? own.toReversed() : own);
  });
}

function wrong(what: string, todo: string, file?: string, tile?: number): BeamloopError {
  const where = `board.tiles${tile === undefined ? '' : `[${tile + 1}]`}`;
  return new BeamloopError('SCENARIO_INVALID', {
    what,
    where: file === undefined ? where : `${file}, ${where}`,
    todo,
  });
}

/** Columns of a drawing of the array. */
const MOST_COLUMNS = 64;
const NAMES = '123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/**
 * The array as a row of characters, each the board of an element or of the first of several, and below each board: its name, port and
 * elements.
 */
export function drawTiles(tiles: readonly PlannedTile[]): string[] {
  const numElements = tiles.reduce((sum, { elements }) => sum + elements.length, 0);
  const board = new Uint8Array(numElements);
  for (const [k, { elements }] of tiles.entries()) for (const element of elements) board[element] = k;
  const perColumn = Math.ceil(numElements / MOST_COLUMNS);
  const columns = Array.from(
    { length: Math.ceil(numElements / perColumn) },
    (_, column) => NAMES[board[column * perColumn]!] ?? '?',
  );
  return [
    `${columns.join('')}${perColumn === 1 ? '' : `  (each ${perColumn} elements)`}`,
    ...tiles.map(
      ({ port, elements, reversed }, k) =>
        `${NAMES[k] ?? '?'}: ${port ?? 'emulated'}, ${rangeText(elements)}${reversed ? ', reversed' : ''}`,
    ),
  ];
}

/** `elements 1 to 64`, `elements 64 to 1`, `elements 1, 3, 5 ... 127`. */
export function rangeText(elements: TileElements): string {
  const count = elements.length;
  const [first, second = first!, third] = elements;
  const last = elements[count - 1]!;
  if (count === 1) return `element ${first! + 1}`;
  const step = second - first!;
  const isEven = elements.every((element, k) => element === first! + k * step);
  if (isEven && Math.abs(step) === 1) return `elements ${first! + 1} to ${last + 1}`;
  const begin = [first!, second, ...(third === undefined ? [] : [third])].map((n) => n + 1).join(', ');
  return count <= 3 ? `elements ${begin}` : `elements ${begin} ... ${last + 1}`;
}
