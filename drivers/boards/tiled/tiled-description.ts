/** Several boards described as the one that they are together. */
import type { TileElements } from '../../../src/core/element-run.js';
import { BeamloopError } from '../../../src/core/errors.js';
import type { BoardDescription } from '../../array-board.js';
import { linesOfArray } from './tile-map.js';

export interface DescribedTile {
  /** Of its port. */
  readonly name: string;
  readonly description: BoardDescription;
  readonly elements: TileElements;
}

/** What a codeword's codes mean, and a slot's ticks: boards that differ in these make no one array. */
const ALIKE = {
  phaseBits: 'phase bits',
  delayBits: 'delay bits',
  delayLsbS: 'delay of one code',
  delayRangeS: 'delay range',
  amplitudeBits: 'amplitude bits',
  clockRateHz: 'clock rate',
} as const satisfies Partial<Record<keyof BoardDescription, string>>;

/**
 * The whole of all boards: as many elements as they have together, as much memory and queue as the one with the least.
 *
 * @throws BOARD_MISMATCH, which names the board, where one has another number of elements than it is to drive, or is of another kind.
 */
export function describeTiles(tiles: readonly DescribedTile[]): BoardDescription {
  const [first, ...others] = tiles as [DescribedTile, ...DescribedTile[]];
  for (const { name, description, elements } of tiles) {
    if (description.numElements === elements.length) continue;
    throw new BeamloopError('BOARD_MISMATCH', {
      what: `Board ${described(description)} has ${description.numElements} elements; it is to drive ${elements.length}`,
      where: name,
      todo: 'Give the board its own number under board.tiles, or connect another one',
    });
  }
  for (const other of others) {
    for (const [key, word] of Object.entries(ALIKE) as [keyof typeof ALIKE, string][]) {
      if (other.description[key] !== first.description[key]) throw unlike(first, other, word, key);
    }
    const lines = (tile: DescribedTile) => tile.description.delayLinesS?.length ?? 0;
    if (lines(other) !== lines(first)) throw unlike(first, other, 'fixed lines', 'lineBits');
  }
  const all = tiles.map(({ description }) => description);
  const numElements = all.reduce((sum, each) => sum + each.numElements, 0);
  const least = (key: 'memoryDepth' | 'queueDepth') => Math.min(...all.map((each) => each[key]));
  return {
    ...first.description,
    model: several(all.map(({ model }) => model)),
    serialNumber: all.map(({ serialNumber }) => serialNumber).join(', '),
    firmware: several(all.map(({ firmware }) => firmware)),
    protocolVersion: several(all.map(({ protocolVersion }) => protocolVersion)),
    numElements,
    memoryDepth: least('memoryDepth'),
    queueDepth: least('queueDepth'),
    switchTimeS: Math.max(...all.map(({ switchTimeS }) => switchTimeS)),
    delayLinesS: linesOfArray(
      all,
      tiles.map(({ elements }) => elements),
      numElements,
    ),
  };
}

function unlike(
  first: DescribedTile,
  other: DescribedTile,
  word: string,
  key: keyof BoardDescription,
): BeamloopError {
  const [here, there] = [other, first].map(({ description }) =>
    key === 'lineBits' ? (description.delayLinesS?.length ?? 0) : description[key],
  );
  return new BeamloopError('BOARD_MISMATCH', {
    what: `Boards of one array must be alike: board ${described(other.description)} has ${word} ${here}, board ${described(first.description)} at ${first.name} has ${there}`,
    where: other.name,
    todo: '`beamloop boards info PORT` shows what a board has',
  });
}

function described({ model, serialNumber }: BoardDescription): string {
  return `${model} ${serialNumber}`;
}

function several(texts: readonly string[]): string {
  return [...new Set(texts)]
    .map((text) => [text, texts.filter((each) => each === text).length] as const)
    .map(([text, count]) => (count === texts.length || count === 1 ? text : `${count} of ${text}`))
    .join(', ');
}
