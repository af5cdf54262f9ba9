/** Codewords that a board makes of parameters: SPEC 4.7, 6.15 to 6.18. */
import { contentHash, hashFromHex } from '../../../firmware-protocol/content-hash.js';
import { type ElementCodes, packElementSettings } from '../../../firmware-protocol/element-settings.js';
import { CodewordExpander, type Corrections } from '../../../firmware-protocol/expansion.js';
import type { PayloadOf } from '../../../firmware-protocol/registry.js';
import type { Bench } from '../bench.js';
import type { Check } from '../check.js';
import { must, mustEqual } from '../unmet.js';

const OK = 0;
const BAD_INDEX = 3;
const HASH_MISMATCH = 4;
const NO_CAPABILITY = 10;
const BAD_CODE = 11;
const FS_PER_S = 1e15;
/** Elements of one LineDelays, and of one SetCorrections to a board that takes the shortest payloads. */
const MOST_DELAYS = 240;
const MOST_CORRECTIONS = 7;

type Geometry = PayloadOf<'SetGeometry'>;
type Focus = Omit<PayloadOf<'LoadFoci'>['entries'][number], 'index' | 'hash'>;
type Split = Omit<PayloadOf<'LoadSplits'>['entries'][number], 'index' | 'hash'>;

const CARRIER_HZ = 100e9;
const LIGHT_M_PER_S = 299_792_458;
const SPACING_M = LIGHT_M_PER_S / CARRIER_HZ / 2;
/** Of every kind; with phases that grow by many turns over the array. */
const FOCI: readonly Focus[] = [
  { kind: 0, corrected: 0, a: 0.3, b: 0 },
  { kind: 0, corrected: 0, a: -15 / 32, b: 0 },
  { kind: 1, corrected: 0, a: 12.5, b: -3.75 },
  { kind: 1, corrected: 0, a: 0.021, b: 0.4 },
  { kind: 2, corrected: 0, a: -0.11, b: 0.2 },
  { kind: 3, corrected: 0, a: -0.7, b: 0.03 },
];
const SPLITS: readonly Split[] = [
  { corrected: 0, line: 0, phaseSin: 0, phaseRing: 0, delaySin: 0.4, delayRing: 0.02, shift: 0 },
  { corrected: 0, line: 0, phaseSin: 38.2, phaseRing: 0.4, delaySin: -36.9, delayRing: -0.39, shift: 0 },
  { corrected: 0, line: 0, phaseSin: -3.1, phaseRing: 0, delaySin: 300, delayRing: 2, shift: -2.5e-11 },
];

export const EXPANSION_CHECKS: readonly Check[] = [
  {
    name: 'makes the codes of points and split beams that the clause makes',
    clauses: ['4.7', '6.15', '6.17', '6.18'],
    items: [19],
    deadlineS: 60,
    notFor,
    run: async (bench) => {
      const { numElements } = bench.board;
      for (const geometry of geometries(numElements)) {
        mustEqual((await setGeometry(bench, geometry)).status, OK, '6.15', 'the status of a geometry');
        const expander = await expanderOf(bench, geometry);
        for (const focus of FOCI) await mustMake(bench, focus, expander.focus(focus, null));
        const lines = Math.max(1, bench.numLines);
        for (const [k, split] of SPLITS.entries()) {
          const onLine = { ...split, line: k % lines };
          await mustMake(bench, onLine, expander.split(onLine, null));
        }
      }
    },
  },
  {
    name: 'takes corrections off, and forgets them with the next geometry',
    clauses: ['4.7', '6.16'],
    items: [19],
    deadlineS: 60,
    notFor,
    run: async (bench) => {
      const { numElements } = bench.board;
      const geometry = geometries(numElements)[0]!;
      const { corrections } = await setGeometry(bench, geometry);
      if (corrections === 0) return;
      const expander = await expanderOf(bench, geometry);
      const errors = {
        phaseRad: Float64Array.from({ length: numElements }, (_, n) => (((7 * n) % 13) - 6) / 10),
        delayS: Float64Array.from({ length: numElements }, (_, n) => (((5 * n) % 11) - 5) * 1e-13),
      };
      await setCorrections(bench, 0, errors.phaseRad);
      await setCorrections(bench, 1, errors.delayS);
      const focus = { ...FOCI[2]!, corrected: 1 };
      const split = { ...SPLITS[1]!, corrected: 1 };
      await mustMake(bench, focus, expander.focus(focus, errors));
      await mustMake(bench, split, expander.split(split, errors));
      await mustMake(bench, FOCI[2]!, expander.focus(FOCI[2]!, null));
      const beyond = await bench.probe.ask('SetCorrections', {
        ...{ kind: 0, firstElement: numElements, values: [{ value: 1 }] },
      });
      mustEqual(beyond.value.status, BAD_INDEX, '6.16', 'the status of a correction beyond the last element');
      await setGeometry(bench, geometry);
      const none: Corrections = {
        phaseRad: new Float64Array(numElements),
        delayS: new Float64Array(numElements),
      };
      await mustMake(bench, split, expander.split(split, none));
    },
  },
  {
    name: 'refuses codewords that it makes otherwise, and those after them',
    clauses: ['6.15', '6.17', '6.18'],
    items: [19],
    deadlineS: 30,
    notFor: (board, bench) =>
      notFor(board, bench) ?? (board.memoryDepth < 3 ? 'it has too few places for codewords' : null),
    run: async (bench) => {
      const { board } = bench;
      const [geometry] = geometries(board.numElements);
      await setGeometry(bench, geometry!);
      const expander = await expanderOf(bench, geometry!);
      const beyond = { ...geometry!, firstElement: 1, arrayElements: board.numElements };
      mustEqual(
        (await setGeometry(bench, beyond)).status,
        BAD_INDEX,
        '6.15',
        'the status of a board that reaches beyond its array',
      );
      const split = SPLITS[1]!;
      const hash = hashOf(bench, expander.split(split, null)!);
      const load = (...entries: readonly (readonly [index: number, hash: bigint, more?: Partial<Split>])[]) =>
        loadSplits(
          bench,
          entries.map(([index, each, more]) => ({ ...split, ...more, index, hash: each })),
        );
      const held = async () => [await bench.held(0), await bench.held(1), await bench.held(2)];
      await bench.load(0, 1);
      await bench.load(1, 2);
      const third = await bench.load(2, 3);
      mustEqual(
        await load([0, hash], [1, hash ^ 1n], [2, hash]),
        [HASH_MISMATCH, 1],
        '6.17',
        'status and number loaded where the second hash is wrong',
      );
      mustEqual(
        await held(),
        [hash, null, third],
        '6.17',
        'what the memory holds where the second hash is wrong',
      );
      mustEqual(
        await load([1, hash], [0, hash, { line: Math.max(1, bench.numLines) }]),
        [BAD_CODE, 1],
        '6.18',
        'status and number loaded where the second line does not exist',
      );
      mustEqual(
        await held(),
        [null, hash, third],
        '6.18',
        'what the memory holds where the second line does not exist',
      );
      if (board.memoryDepth < 65_535) {
        mustEqual(
          await load([0, hash], [board.memoryDepth, hash]),
          [BAD_INDEX, 1],
          '6.17',
          'status and number loaded where the second index is beyond the memory',
        );
      }
      mustEqual(await load(), [OK, 0], '6.17', 'status and number loaded of an empty list');
    },
  },
  {
    name: 'makes no codewords before it knows the geometry',
    clauses: ['6.15', '6.16', '6.17', '6.18'],
    items: [19],
    deadlineS: 30,
    needs: 'powerCycle',
    notFor,
    run: async (bench) => {
      await bench.rig.powerCycle!();
      await bench.probe.begin();
      const entry = { index: 0, hash: 0n };
      const foci = await bench.probe.ask('LoadFoci', { entries: [{ ...FOCI[0]!, ...entry }] });
      mustEqual(foci.value.status, NO_CAPABILITY, '6.17', 'the status of a point before there is a geometry');
      mustEqual(
        await loadSplits(bench, [{ ...SPLITS[0]!, ...entry }]),
        [NO_CAPABILITY, 0],
        '6.18',
        'status and number loaded of a split beam before there is a geometry',
      );
      const values = [{ value: 0 }];
      const corrections = await bench.probe.ask('SetCorrections', { kind: 0, firstElement: 0, values });
      mustEqual(
        corrections.value.status,
        NO_CAPABILITY,
        '6.16',
        'the status of corrections before there is a geometry',
      );
    },
  },
];

function notFor(_board: PayloadOf<'Welcome'>, { expands }: Bench): string | null {
  return expands ? null : 'it makes no codewords of parameters';
}

/** Alone in its array; a part of one; a part that is mounted the other way round. */
function geometries(numElements: number): readonly Geometry[] {
  const alone = {
    ...{ arrayElements: numElements, firstElement: 0, mirrored: 0, carrierHz: CARRIER_HZ },
    ...{ speedOfLight: LIGHT_M_PER_S, spacing: SPACING_M, spacingTurns: 0.5 },
  };
  const arrayElements = Math.min(65_535, 3 * numElements);
  const firstElement = Math.min(numElements, arrayElements - numElements);
  const part = { ...alone, arrayElements, firstElement };
  return [alone, part, { ...part, mirrored: 1 }];
}

async function setGeometry(bench: Bench, geometry: Geometry): Promise<PayloadOf<'GeometryResult'>> {
  const answer = await bench.probe.ask('SetGeometry', geometry);
  must(answer.name === 'GeometryResult', '6.15', `SetGeometry is answered with ${answer.name}`);
  return answer.value;
}

async function setCorrections(bench: Bench, kind: number, errors: Float64Array): Promise<void> {
  for (let firstElement = 0; firstElement < errors.length; firstElement += MOST_CORRECTIONS) {
    const part = errors.subarray(firstElement, firstElement + MOST_CORRECTIONS);
    const values = Array.from(part, (value) => ({ value }));
    const answer = await bench.probe.ask('SetCorrections', { kind, firstElement, values });
    mustEqual(answer.value.status, OK, '6.16', 'the status of corrections');
  }
}

async function expanderOf(bench: Bench, { mirrored, ...geometry }: Geometry): Promise<CodewordExpander> {
  const { numElements, phaseBits, delayBits, amplitudeBits, delayLsbFs, delayRangeFs } = bench.board;
  const highest = 2 ** delayBits - 1;
  return new CodewordExpander(
    { ...geometry, mirrored: mirrored === 1 },
    {
      ...{ numElements, phaseBits, delayBits, amplitudeBits, delayLsbS: delayLsbFs / FS_PER_S },
      lastDelayCode: Math.min(highest, Math.floor(Number(delayRangeFs) / delayLsbFs) || 0),
      delayLinesS: bench.numLines === 0 ? null : await linesOf(bench),
    },
  );
}

async function linesOf(bench: Bench): Promise<Float64Array[]> {
  const lines: Float64Array[] = [];
  for (let line = 0; line < bench.numLines; line++) {
    const delays: number[] = [];
    while (delays.length < bench.board.numElements) {
      const firstElement = delays.length;
      const count = Math.min(MOST_DELAYS, bench.board.numElements - firstElement);
      const answer = await bench.probe.ask('ReadLines', { line, firstElement, count });
      must(
        answer.name === 'LineDelays' && answer.value.delays.length === count,
        '6.14',
        `ReadLines does not tell ${count} delays`,
      );
      for (const { delayFs } of answer.value.delays) delays.push(delayFs / FS_PER_S);
    }
    lines.push(Float64Array.from(delays));
  }
  return lines;
}

/** Loads it with the hash of the codes that it should be, null: none. */
async function mustMake(bench: Bench, what: Focus | Split, codes: ElementCodes | null): Promise<void> {
  const hash = codes === null ? 0n : hashOf(bench, codes);
  const entry = { index: 0, hash };
  const isFocus = 'kind' in what;
  const clause = isFocus ? '6.17' : '6.18';
  const found = isFocus
    ? await loadFoci(bench, [{ ...what, ...entry }])
    : await loadSplits(bench, [{ ...what, ...entry }]);
  if (codes === null && isFocus && bench.numLines > 0) {
    mustEqual(
      found,
      [NO_CAPABILITY, 0],
      clause,
      'status and number loaded of a point on a board with fixed lines',
    );
  } else if (codes === null) mustEqual(found, [BAD_CODE, 0], clause, 'status and number loaded');
  else {
    mustEqual(found, [OK, 1], '4.7', `status and number loaded of ${JSON.stringify(what)}`);
    mustEqual(await bench.held(0), hash, '4.7', 'the hash that is held of it');
  }
}

async function loadFoci(bench: Bench, entries: PayloadOf<'LoadFoci'>['entries']): Promise<[number, number]> {
  const answer = await bench.probe.ask('LoadFoci', { entries });
  must(answer.name === 'LoadFociResult', '6.17', `LoadFoci is answered with ${answer.name}`);
  return [answer.value.status, answer.value.loaded];
}

async function loadSplits(
  bench: Bench,
  entries: PayloadOf<'LoadSplits'>['entries'],
): Promise<[number, number]> {
  const answer = await bench.probe.ask('LoadSplits', { entries });
  must(answer.name === 'LoadSplitsResult', '6.18', `LoadSplits is answered with ${answer.name}`);
  return [answer.value.status, answer.value.loaded];
}

function hashOf(bench: Bench, codes: ElementCodes): bigint {
  return hashFromHex(contentHash(packElementSettings(codes, bench.format)));
}
