/**
 * What the firmware makes of parameters (SPEC 4.7) is what it is sent as settings: whole codebooks are loaded either way, and what its
 * front ends latch is the same, byte for byte. On virtual time.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { PackedCodeword } from '../../drivers/array-board.js';
import type { NativeBoard } from '../../drivers/boards/native-board.js';
import { openNativeBoard } from '../../drivers/boards/open-native-board.js';
import { Band } from '../../src/array/band.js';
import { LinearArray } from '../../src/array/linear-array.js';
import type { Codeword } from '../../src/codebook/codeword.js';
import { DpcCodebook } from '../../src/codebook/dpc.js';
import { PolarCodebook } from '../../src/codebook/polar.js';
import { servingCodeword } from '../../src/codebook/serving.js';
import { describeTdPs, tdPsCodebook } from '../../src/codebook/tdps.js';
import { quantise } from '../../src/realisation/quantise.js';
import { BoardWatcher } from '../contract/board-watcher.js';
import { type Library, libraryRig, loadLibrary } from './library-board.js';
import type { Sizes } from './sizes.js';
import { IS_FULL, make, requireTools } from './toolchain.js';

const NARROW = new LinearArray({ numElements: 512, carrierHz: 100e9 });
const WIDE = new LinearArray({ numElements: 256, carrierHz: 30e9, speedOfLightMPerS: 3e8 });
const BAND = new Band({ carrierHz: 30e9, bandwidthHz: 5e9, numSubcarriers: 1024 });
const DESIGN = describeTdPs(WIDE, BAND, {
  ...{ delaySinAngle: 349 / 11, delayRingPerM: -427 / 800 },
  ...{ phaseSinAngle: -30, phaseRingPerM: 1859 / 3200 },
});
const PILOTS = [
  ...tdPsCodebook(WIDE, BAND, DESIGN, 6).pilots.map(({ codeword }) => codeword),
  ...[0.4, -0.7].map((sinAngle) => servingCodeword(WIDE, { sinAngle, ringPerM: 0.03 })),
];
const SIZES = {
  ...{ MEMORY_DEPTH: 4096, QUEUE_DEPTH: 4096, WINDOW: 32, MAX_PAYLOAD: 1024, OUTBOX_BYTES: 65_535 },
  ...{ CLOCK_HZ: 100_000_000 },
};
const SLOT_S = 1e-4;
const build = (sizes: Sizes) => make('library', { ...SIZES, ...sizes }, { variables: { OPTIMISE: '-O1' } });
/** Of a codebook, in a run that is not full: an odd number, so that no ring or sector is left out. */
const EVERY = IS_FULL ? 1 : 29;

const polarCodewords = () => {
  const polar = new PolarCodebook(NARROW, { numRings: 6 });
  return Array.from({ length: polar.numCodewords }, (_, column) => polar.codeword(polar.indexOf(column)));
};

const dpcCodewords = () => {
  const dpc = new DpcCodebook(NARROW);
  const all: Codeword[] = [];
  for (let level = 1; level <= dpc.numLevels; level++) {
    for (let index = 1; index <= dpc.numIndices(level); index++) {
      const codeword = dpc.codeword(level, index);
      if (codeword !== null) all.push(codeword);
    }
  }
  return all;
};

/** Different ones, as the board is told them. */
function packed(board: NativeBoard, { carrierHz }: LinearArray, codewords: readonly Codeword[]) {
  const all = new Map<string, PackedCodeword>();
  for (const codeword of codewords) {
    const { settings, parameters } = quantise(codeword, board.description, carrierHz);
    const each = board.pack(settings, parameters);
    all.set(each.hash, each);
  }
  return [...all.values()];
}

/** What the front ends latch, one codeword in each slot, and how many of them the board made by itself. */
async function latched(
  library: Library,
  array: LinearArray,
  codewords: readonly Codeword[],
  isExplicit: boolean,
) {
  const onAir: Uint8Array[] = [];
  const rig = libraryRig(library, ({ settings }) => onAir.push(settings));
  const run = async () => {
    const { transport, clock, random } = rig;
    const board = await openNativeBoard({ transport, clock, random, baudRate: null });
    const { numElements, carrierHz, speedOfLightMPerS } = array;
    await board.describeArray(
      { arrayElements: numElements, firstElement: 0, mirrored: false, carrierHz, speedOfLightMPerS },
      null,
    );
    const all = packed(board, array, codewords);
    await board.load(isExplicit ? all.map(({ parameters: _, ...each }) => each) : all);
    const watcher = new BoardWatcher(board);
    await board.queue(all.map(({ hash }, slot) => ({ slot, hash })));
    const startBoardTimeS = Math.ceil((await board.readBoardTime()).hiS * 100) / 100 + 0.1;
    await board.arm({ firstSlot: 0, startBoardTimeS, slotDurationS: SLOT_S });
    while (watcher.receipts.length < all.length) await clock.sleep(SLOT_S * all.length);
    const made = board.codewordsExpanded();
    await board.close();
    return { wanted: all.map(({ bytes }) => bytes), made };
  };
  const { wanted, made } = await rig.clock.during(run());
  rig.close();
  return { wanted, onAir, made };
}

const hexOf = (all: readonly Uint8Array[]) => all.map((bytes) => Buffer.from(bytes).toString('hex'));

async function mustBeTheSame(library: Library, array: LinearArray, codewords: readonly Codeword[]) {
  const byParameters = await latched(library, array, codewords, false);
  const bySettings = await latched(library, array, codewords, true);
  expect(byParameters.made).toBe(byParameters.wanted.length);
  expect(bySettings.made).toBe(0);
  expect(hexOf(bySettings.onAir)).toEqual(hexOf(bySettings.wanted));
  expect(hexOf(byParameters.onAir)).toEqual(hexOf(bySettings.onAir));
  return byParameters.made;
}

describe('the firmware latches of parameters what it latches of settings', () => {
  let narrow: Library;
  beforeAll(async () => {
    requireTools('make', 'cc');
    narrow = loadLibrary(await build({ NUM_ELEMENTS: 512, EXPANSION_STEP: 512 }));
  });

  it.each([
    ['polar', polarCodewords, 3072],
    ['diverging', dpcCodewords, 850],
  ])('for the %s codebook', async (_name, codebook, least) => {
    const all = codebook();
    expect(all.length).toBeGreaterThanOrEqual(least);
    const made = await mustBeTheSame(
      narrow,
      NARROW,
      all.filter((_, k) => k % EVERY === 0),
    );
    expect(made).toBeGreaterThanOrEqual(Math.floor(least / EVERY));
  });

  // A library of its own each. 16 ps, of 8 bits; of 4 they are too short for the beams.
  it.runIf(IS_FULL).each([
    ['by phases alone', {}],
    ['with adjustable delays', { DELAY_BITS: 8, DELAY_LSB_FS: 16_000, DELAY_RANGE_FS: 255 * 16_000 }],
    ['with delays too short', { DELAY_BITS: 4, DELAY_LSB_FS: 16_000, DELAY_RANGE_FS: 15 * 16_000 }],
  ] as [string, Sizes][])('for TD-PS pilots and beams on a point, %s', async (_how, delays) => {
    const library = loadLibrary(await build({ NUM_ELEMENTS: 256, ...delays }));
    expect(await mustBeTheSame(library, WIDE, PILOTS)).toBe(PILOTS.length);
    library.unload();
  });
});
