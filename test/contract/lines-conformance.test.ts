/**
 * Boards with fixed switched lines (SPEC 4.5 and 6.14), seen through the driver.
 */
import { afterEach, describe, expect, it } from 'vitest';
import type { NativeBoard } from '../../drivers/boards/native-board.js';
import { contentHash } from '../../firmware-protocol/content-hash.js';
import { packElementSettings } from '../../firmware-protocol/element-settings.js';
import { Band } from '../../src/array/band.js';
import { LinearArray } from '../../src/array/linear-array.js';
import { describeTdPs, tdPsCodebook } from '../../src/codebook/tdps.js';
import { quantise } from '../../src/realisation/quantise.js';
import { realisedCodeword } from '../../src/realisation/realised.js';
import { armSoon, connect, type EmulatedRig, loopbackRig, ptyRig, until } from './board-rigs.js';
import { BoardWatcher, randomCodewords } from './board-watcher.js';

const carrierHz = 30e9;
const array = new LinearArray({ numElements: 256, carrierHz, speedOfLightMPerS: 3e8 });
const band = new Band({ carrierHz, bandwidthHz: 5e9, numSubcarriers: 1024 });
const design = describeTdPs(array, band, {
  delaySinAngle: 349 / 11,
  delayRingPerM: -427 / 800,
  phaseSinAngle: -30,
  phaseRingPerM: 1859 / 3200,
});
const pilots = tdPsCodebook(array, band, design, 3).pilots.map(({ codeword }) => codeword);
const model = {
  numElements: 256,
  phaseBits: 6,
  delayBits: 8,
  delayLsbS: 16e-12,
  amplitudeBits: 1,
  delayLinesS: [new Float64Array(256), ...pilots.map(({ delayS }) => delayS!)],
};

let rig: EmulatedRig | null = null;
let board: NativeBoard | null = null;
afterEach(async () => {
  await board?.close();
  await rig?.close();
  board = null;
  rig = null;
});

describe.each([
  ['on a loopback', loopbackRig],
  ['on a pseudo-terminal', ptyRig],
] as const)('emulated board with fixed lines, %s', (_name, createRig) => {
  it('tells its lines, element by element', async () => {
    rig = await createRig({ model });
    board = await connect(rig);
    const { delayLinesS, lineBits, delayRangeS, protocolVersion } = board.description;
    expect(protocolVersion).toBe('1.2');
    expect(lineBits).toBe(2);
    expect(delayRangeS).toBe(4080e-12);
    expect(delayLinesS).toHaveLength(4);
    for (const [k, line] of delayLinesS!.entries()) {
      expect(line).toHaveLength(256);
      // The wire has whole femtoseconds.
      for (const [n, delay] of line.entries()) {
        expect(Math.abs(delay - model.delayLinesS[k]![n]!)).toBeLessThan(0.51e-15);
      }
    }
  });

  it('loads and latches TD-PS codewords through their lines', async () => {
    rig = await createRig({ model });
    board = await connect(rig);
    const watcher = new BoardWatcher(board);
    const { description } = board;
    const settings = pilots.map((pilot) => quantise(pilot, description, carrierHz).settings);
    const codewords = settings.map((each) => board!.pack(each));
    // 6 phase, 8 delay, 1 amplitude and 2 line bits.
    expect(codewords[0]!.bytes).toHaveLength((256 * 17) / 8);
    await board.load(codewords);
    await board.queue(codewords.map(({ hash }, k) => ({ slot: 10 + k, hash })));
    await armSoon(board, 10, 1e-3);
    await until(() => board!.outstandingSlots() === 0);
    expect(watcher.receipts.map(({ slot, hash, status }) => [slot, hash, status])).toEqual(
      codewords.map(({ hash }, k) => [10 + k, hash, 'latched']),
    );
    for (const [k, each] of settings.entries()) {
      expect(new Set(each.lineCode)).toEqual(new Set([k + 1]));
      expect(realisedCodeword(each, description).delayS).toEqual(description.delayLinesS![k + 1]);
    }
  });

  it('refuses to pack and to load what its elements cannot do', async () => {
    rig = await createRig({
      model: { ...model, delayLinesS: model.delayLinesS.slice(0, 3), delayRangeS: 2e-9 },
    });
    board = await connect(rig);
    const codes = (value: number) => new Uint16Array(256).fill(value);
    const good = { phaseCode: codes(0), delayCode: codes(125), amplitudeCode: codes(1), lineCode: codes(2) };
    const wrongLine = { ...good, lineCode: codes(3) };
    const tooLong = { ...good, delayCode: codes(126) };
    const packing = (settings: typeof good) => () => board!.pack(settings);
    expect(packing(wrongLine)).toThrow(/line 3 of element 0 does not exist; the board has 3/);
    expect(packing(tooLong)).toThrow(
      /delay code 126 of element 0 goes beyond the board's range, which ends at 125/,
    );
    await board.load([board.pack(good)]);
    for (const settings of [wrongLine, tooLong]) {
      const bytes = packElementSettings(settings, board.description);
      await expect(board.load([{ hash: contentHash(bytes), bytes }])).rejects.toMatchObject({
        code: 'BOARD_REFUSED',
        what: expect.stringContaining('beyond what its elements have'),
      });
    }
  });
});

it('a board with one line has it always in the way, without codes', async () => {
  const line = Float64Array.from({ length: 512 }, (_, n) => n / 1e12);
  rig = await loopbackRig({ model: { delayLinesS: [line] } });
  board = await connect(rig);
  expect(board.description).toMatchObject({ lineBits: 0, delayBits: 0 });
  expect(board.description.delayLinesS).toEqual([line]);
  const word = { ...pilots[0]!, phaseRad: new Float64Array(512), delayS: line };
  const { settings, report } = quantise(word, board.description, carrierHz);
  expect(settings).toMatchObject({ lineCode: null, delayCode: null });
  expect(report.phaseErrorMaxRad).toBeLessThan(1e-9);
  await board.load([board.pack(settings)]);
});

it('a board without lines says so', async () => {
  rig = await loopbackRig();
  board = await connect(rig);
  expect(board.description).toMatchObject({ lineBits: 0, delayLinesS: null });
});

it('a board that restarts keeps its lines, and codewords with them are loaded again', async () => {
  rig = await loopbackRig({ model });
  board = await connect(rig);
  const watcher = new BoardWatcher(board);
  const codewords = randomCodewords(board, 3, 1);
  await board.load(codewords);
  rig.emulated.reset();
  await until(() => watcher.links.includes('up'));
  expect(board.codewordsHeld()).toBe(3);
  expect(board.description.delayLinesS).toHaveLength(4);
});
