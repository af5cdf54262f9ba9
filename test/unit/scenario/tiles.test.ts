import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../../src/scenario/scenario.js';
import { drawTiles, rangeText, tilesOf } from '../../../src/scenario/tiles.js';
import { emulatedSection } from '../../../src/testbed.js';

function scenarioOf(board: string, elements = 12) {
  const text = `
array: { elements: ${elements}, carrier: 28 GHz, rings: 3 }
board: ${board}
slots: { duration: 1 ms }
scheme: far-field-sweep
channel: { snr: 20 dB, scatterers: 0 }
users: [{ id: ada, position: [2 m, 1 m] }]
`;
  return parseScenario(text, 'tiled.yaml', emulatedSection).scenario;
}

const elementsOf = (board: string, elements?: number) =>
  tilesOf(scenarioOf(board, elements))!.map((tile) => [...tile.elements]);

describe('boards of one array', () => {
  it('are one unless the scenario says otherwise', () => {
    expect(tilesOf(scenarioOf('{}'))).toBeNull();
  });

  it('share the elements in their order', () => {
    expect(elementsOf('{ tiles: 3 }')).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9, 10, 11],
    ]);
    expect(elementsOf('{ tiles: [{ elements: 2 }, { reversed: true }, { elements: 6 }] }')).toEqual([
      [0, 1],
      [5, 4, 3, 2],
      [6, 7, 8, 9, 10, 11],
    ]);
  });

  it('may be interleaved', () => {
    const board = '{ tiles: [{ elements: [1, 3, 5] }, { elements: [2, 4, 6], reversed: true }] }';
    expect(elementsOf(board, 6)).toEqual([
      [0, 2, 4],
      [5, 3, 1],
    ]);
  });

  it('take, where they say how many, what no board lists', () => {
    expect(elementsOf('{ tiles: [{ elements: 2 }, { elements: [3, 1] }, {}] }', 6)).toEqual([
      [1, 3],
      [2, 0],
      [4, 5],
    ]);
  });

  it('have ports, which are then the array’s, or are all emulated', () => {
    expect(scenarioOf('{ tiles: [{ port: /dev/ttyUSB0 }, { port: /dev/ttyUSB1 }] }').board.port).toBe(
      '/dev/ttyUSB0, /dev/ttyUSB1',
    );
    expect(scenarioOf('{ tiles: 2 }').board.port).toBe('emulated');
  });

  it.each([
    ['{ tiles: 5 }', /12 of 12 elements cannot be shared out evenly among 5 boards/],
    ['{ tiles: 1 }', /board\.tiles/],
    ['{ tiles: [{ elements: 8 }, { elements: 8 }] }', /Board 2 drives 8 elements; of 12, 4 are left for it/],
    ['{ tiles: [{ elements: 4 }, { elements: 4 }] }', /drive 8 elements of 12; nobody drives element 9/],
    ['{ tiles: [{ elements: [1, 2] }, { elements: 12 }] }', /Board 2 drives 12 elements; of 12, 10 are left/],
    ['{ tiles: [{ elements: [1, 2] }, { elements: [2, 3] }] }', /Boards 1 and 2 both drive element 2/],
    ['{ tiles: [{ elements: [13] }, { elements: 11 }] }', /Board 1 drives element 13; the array has 12/],
    ['{ port: /dev/ttyUSB0, tiles: 2 }', /port.*does not go with 'tiles'/],
    ['{ tiles: [{ port: /dev/ttyUSB0 }, {}] }', /is missing, though other boards have one/],
    ['{ tiles: [{ port: a }, { port: a }] }', /is that of board 1, too/],
    ['{ tiles: [{ port: emulated }, { port: emulated }] }', /Leave the ports of all tiles out/],
    ['{ alignment: 10 us }', /alignment.*is of several boards/],
  ])('%s: says what is wrong', (board, what) => {
    expect(() => scenarioOf(board)).toThrow(what);
    expect(() => scenarioOf(board)).toThrow(/tiled\.yaml/);
  });

  it('are drawn', () => {
    const tiles = tilesOf(scenarioOf('{ tiles: [{ elements: 4 }, { reversed: true }, { elements: 4 }] }'))!;
    expect(drawTiles(tiles)).toEqual([
      '111122223333',
      '1: emulated, elements 1 to 4',
      '2: emulated, elements 8 to 5, reversed',
      '3: emulated, elements 9 to 12',
    ]);
    expect(drawTiles(tilesOf(scenarioOf('{ tiles: 2 }', 256))!)[0]).toBe(
      `${'1'.repeat(32)}${'2'.repeat(32)}  (each 4 elements)`,
    );
  });

  it.each([
    [[4], 'element 5'],
    [[0, 2], 'elements 1, 3'],
    [[0, 2, 4, 6], 'elements 1, 3, 5 ... 7'],
    [[3, 2, 1], 'elements 4 to 2'],
  ])('name their elements: %j', (elements, text) => {
    expect(rangeText(Uint32Array.from(elements))).toBe(text);
  });
});
