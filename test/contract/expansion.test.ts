/** Codewords that boards make of parameters: the same settings as those that are sent element by element (SPEC 4.7). */
import { afterEach, describe, expect, it } from 'vitest';
import type { PackedCodeword } from '../../drivers/array-board.js';
import type { NativeBoard } from '../../drivers/boards/native-board.js';
import { Band } from '../../src/array/band.js';
import { LinearArray } from '../../src/array/linear-array.js';
import type { Codeword } from '../../src/codebook/codeword.js';
import { DpcCodebook } from '../../src/codebook/dpc.js';
import { PolarCodebook } from '../../src/codebook/polar.js';
import { servingCodeword } from '../../src/codebook/serving.js';
import { describeTdPs, tdPsCodebook } from '../../src/codebook/tdps.js';
import { quantise } from '../../src/realisation/quantise.js';
import { armSoon, connect, type EmulatedRig, loopbackRig, until } from './board-rigs.js';
import { BoardWatcher } from './board-watcher.js';

const rigs: EmulatedRig[] = [];
const boards: NativeBoard[] = [];
afterEach(async () => {
  for (const board of boards.splice(0)) await board.close();
  for (const rig of rigs.splice(0)) await rig.close();
});

type Model = NonNullable<NonNullable<Parameters<typeof loopbackRig>[0]>['model']>;

async function connected(model: Model): Promise<{ board: NativeBoard; rig: EmulatedRig }> {
  const rig = await loopbackRig({ model });
  rigs.push(rig);
  const board = await connect(rig);
  boards.push(board);
  return { board, rig };
}

const NARROW = new LinearArray({ numElements: 512, carrierHz: 100e9 });
const WIDE = new LinearArray({ numElements: 256, carrierHz: 30e9, speedOfLightMPerS: 3e8 });
const BAND = new Band({ carrierHz: 30e9, bandwidthHz: 5e9, numSubcarriers: 1024 });
const DESIGN = describeTdPs(WIDE, BAND, {
  ...{ delaySinAngle: 349 / 11, delayRingPerM: -427 / 800 },
  ...{ phaseSinAngle: -30, phaseRingPerM: 1859 / 3200 },
});
const PILOTS = tdPsCodebook(WIDE, BAND, DESIGN, 6).pilots.map(({ codeword }) => codeword);

function geometryOf({ numElements, carrierHz, speedOfLightMPerS }: LinearArray) {
  return { arrayElements: numElements, firstElement: 0, mirrored: false, carrierHz, speedOfLightMPerS };
}

function packed(board: NativeBoard, array: LinearArray, codewords: readonly Codeword[]): PackedCodeword[] {
  return codewords.map((codeword) => {
    const { settings, parameters } = quantise(codeword, board.description, array.carrierHz);
    return board.pack(settings, parameters);
  });
}

/** Of how many different ones how many the board made by itself; those that it makes otherwise it is sent as settings. */
async function made(model: Model, array: LinearArray, codewords: readonly Codeword[]) {
  const { board } = await connected({ numElements: array.numElements, memoryDepth: 4096, ...model });
  await board.describeArray(geometryOf(array), null);
  const all = packed(board, array, codewords);
  await board.load(all);
  const distinct = new Set(all.map(({ hash }) => hash)).size;
  expect(board.linkStatistics().codewordsLoaded).toBe(distinct);
  return { distinct, byItself: board.codewordsExpanded() };
}

describe('a board that makes codewords of their parameters', () => {
  it('makes every codeword of the polar codebook as it is sent otherwise', async () => {
    const polar = new PolarCodebook(NARROW, { numRings: 6 });
    const all = Array.from({ length: polar.numCodewords }, (_, column) =>
      polar.codeword(polar.indexOf(column)),
    );
    expect(await made({}, NARROW, all)).toEqual({ distinct: 3072, byItself: 3072 });
  });

  it('makes every codeword of the diverging codebook as it is sent otherwise', async () => {
    const dpc = new DpcCodebook(NARROW);
    const all: Codeword[] = [];
    for (let level = 1; level <= dpc.numLevels; level++) {
      for (let index = 1; index <= dpc.numIndices(level); index++) {
        const codeword = dpc.codeword(level, index);
        if (codeword !== null) all.push(codeword);
      }
    }
    expect(all.length).toBeGreaterThan(850);
    const { distinct, byItself } = await made({}, NARROW, all);
    // The last levels of neighbouring sectors may round to the same settings.
    expect(distinct).toBeGreaterThan(850);
    expect(byItself).toBe(distinct);
  });

  it.each<[string, Model]>([
    ['by phases alone', {}],
    ['with adjustable delays', { delayBits: 8, delayLsbS: 16e-12 }],
    ['with delays too short for them', { delayBits: 4, delayLsbS: 16e-12 }],
    ['on fixed lines', { delayLinesS: PILOTS.map(({ delayS }) => delayS!) }],
    [
      'on fixed lines with an adjustable part',
      { delayBits: 8, delayLsbS: 16e-12, delayLinesS: [new Float64Array(256), PILOTS[0]!.delayS!] },
    ],
  ])('makes TD-PS pilots and beams on a point over the band %s', async (_how, model) => {
    const points = [0.4, -0.7].map((sinAngle) => servingCodeword(WIDE, { sinAngle, ringPerM: 0.03 }));
    const { distinct, byItself } = await made(model, WIDE, [...PILOTS, ...points]);
    expect(distinct).toBe(8);
    // Elements on different lines are no split beam.
    expect(byItself).toBeGreaterThanOrEqual(model.delayLinesS === undefined ? 8 : 6);
  });

  it('radiates what it made, under its hash', async () => {
    const { board } = await connected({ numElements: 256 });
    const watcher = new BoardWatcher(board);
    await board.describeArray(geometryOf(WIDE), null);
    const all = packed(board, WIDE, PILOTS);
    await board.load(all);
    await board.queue(all.map(({ hash }, slot) => ({ slot, hash })));
    await armSoon(board, 0, 1e-3);
    await until(() => watcher.receipts.length === all.length);
    expect(watcher.receipts.map(({ hash }) => hash)).toEqual(all.map(({ hash }) => hash));
  });

  it('takes off what it is told that its elements are off', async () => {
    const { board } = await connected({ numElements: 512 });
    const phaseErrorRad = Float64Array.from({ length: 512 }, (_, n) => Math.sin(7 * n));
    await board.describeArray(geometryOf(NARROW), { phaseErrorRad, delayErrorS: null });
    const polar = new PolarCodebook(NARROW, { numRings: 6 });
    const codewords = Array.from({ length: 100 }, (_, k) => polar.codeword(polar.indexOf(29 * k)));
    const corrected = codewords.map((codeword) => ({
      ...codeword,
      phaseRad: codeword.phaseRad.map((phase, n) => phase - phaseErrorRad[n]!),
    }));
    await board.load(packed(board, NARROW, corrected));
    expect(board.codewordsExpanded()).toBe(100);
  });

  it('is sent the settings where it makes something else, and is not asked for ever', async () => {
    const { board } = await connected({ numElements: 512 });
    await board.describeArray({ ...geometryOf(NARROW), mirrored: true }, null);
    const polar = new PolarCodebook(NARROW, { numRings: 6 });
    const codewords = Array.from({ length: 100 }, (_, k) => polar.codeword(polar.indexOf(29 * k)));
    await board.load(packed(board, NARROW, codewords));
    expect(board.linkStatistics().codewordsLoaded).toBe(100);
    expect(board.codewordsExpanded()).toBeLessThan(10);
  });

  it('queues slots right behind codewords that it makes otherwise, when it has been sent their settings', async () => {
    const { board } = await connected({ numElements: 512 });
    const watcher = new BoardWatcher(board);
    await board.describeArray({ ...geometryOf(NARROW), mirrored: true }, null);
    const polar = new PolarCodebook(NARROW, { numRings: 6 });
    const codewords = Array.from({ length: 6 }, (_, k) => polar.codeword(polar.indexOf(29 * k)));
    const all = packed(board, NARROW, codewords);
    const entries = all.map(({ hash }, slot) => ({ slot, hash }));
    await Promise.all([board.load(all), board.queue(entries)]);
    expect(board.codewordsExpanded()).toBe(0);
    await armSoon(board, 0, 1e-3);
    await until(() => watcher.receipts.length === all.length);
    expect(watcher.receipts.map(({ slot, hash, status }) => ({ slot, hash, status }))).toEqual(
      entries.map((entry) => ({ ...entry, status: 'latched' })),
    );
    expect(watcher.faults).toEqual([]);
  });

  it('is told the array again after a restart', async () => {
    const { board, rig } = await connected({ numElements: 512 });
    await board.describeArray(geometryOf(NARROW), null);
    const polar = new PolarCodebook(NARROW, { numRings: 6 });
    const some = (first: number) =>
      packed(
        board,
        NARROW,
        Array.from({ length: 40 }, (_, k) => polar.codeword(polar.indexOf(first + k))),
      );
    await board.load(some(0));
    const watcher = new BoardWatcher(board);
    rig.emulated.reset();
    await until(() => watcher.links.includes('up'));
    await board.load(some(100));
    // Those before the restart are made once more.
    expect(board.codewordsExpanded()).toBe(120);
  });

  it('is sent settings when it does not make codewords', async () => {
    expect(await made({ expands: false }, WIDE, PILOTS)).toEqual({ distinct: 6, byItself: 0 });
  });
});
