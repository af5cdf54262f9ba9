/** Codebooks of phases alone: diverging, polar, far-field. */
import type { Codeword } from '../../codebook/codeword.js';
import { DftCodebook } from '../../codebook/dft.js';
import { DpcCodebook } from '../../codebook/dpc.js';
import { PolarCodebook, requireIndex } from '../../codebook/polar.js';
import { arrayFromOptions, arrayOptions, quantityOption } from '../options.js';
import { defineCodebook, type NarrowbandEntry } from './definition.js';

const levelOptions = {
  level: {
    type: 'string',
    demandOption: true,
    requiresArg: true,
    describe: 'Level m, from 1 to log2 of the elements; it has 2^m codewords',
  },
  index: {
    type: 'string',
    requiresArg: true,
    describe: 'Codeword of the level, from 1; the whole level unless given',
  },
} as const;

export const dpcDefinition = defineCodebook({
  name: 'dpc',
  describe: 'Diverging polar-domain codebook: wide beams that halve a sector level by level',
  options: {
    ...arrayOptions,
    ...levelOptions,
    'range-reduction': {
      type: 'boolean',
      default: true,
      describe: 'Keep sectors within 60 degrees of broadside; --no-range-reduction switches it off',
    },
  },
  example: '--elements 256 --carrier "100 GHz" --level 3 --index 5',
  build: (args) => {
    const array = arrayFromOptions(args);
    const codebook = new DpcCodebook(array, { rangeReduction: args.rangeReduction });
    const level = quantityOption('level', args.level, '1');
    const chosen = indices('index', args.index, codebook.numIndices(level));
    return {
      kind: 'narrowband',
      array,
      settings: ['phaseRad', 'delayS'],
      entries: entries(chosen, (index) => ({
        columns: { level, index, virtualFocalPointM: codebook.virtualFocalPointM(level, index) },
        codeword: codebook.codeword(level, index),
      })),
    };
  },
});

export const polarDefinition = defineCodebook({
  name: 'polar',
  describe: 'Polar codebook: beams focused on a grid of angles and rings',
  options: {
    ...arrayOptions,
    rings: {
      type: 'string',
      demandOption: true,
      requiresArg: true,
      describe: 'Rings, the one at infinity included',
    },
    'ring-spacing': {
      type: 'string',
      default: '1.2',
      requiresArg: true,
      describe: 'beta_Delta, which sets the distances of the rings',
    },
    ring: { type: 'string', requiresArg: true, describe: 'Only this ring, 1 = innermost' },
    'angle-index': { type: 'string', requiresArg: true, describe: 'Only this angle, from 1' },
  },
  example: '--elements 256 --carrier "100 GHz" --rings 6 --ring 1',
  build: (args) => {
    const array = arrayFromOptions(args);
    const codebook = new PolarCodebook(array, {
      numRings: quantityOption('rings', args.rings, '1'),
      ringSpacing: quantityOption('ring-spacing', args.ringSpacing, '1'),
    });
    const angleIndices = indices('angle-index', args.angleIndex, codebook.numAngles);
    const chosen = indices('ring', args.ring, codebook.numRings).flatMap((ring) =>
      angleIndices.map((angleIndex) => ({ ring, angleIndex })),
    );
    return {
      kind: 'narrowband',
      array,
      settings: ['phaseRad'],
      entries: entries(chosen, (index) => ({
        columns: {
          ...index,
          sinAngle: codebook.sinAngles[index.angleIndex - 1]!,
          ringDistanceM: finiteOrNull(codebook.ringDistanceM(index.ring)),
          distanceM: finiteOrNull(codebook.distanceM(index)),
        },
        codeword: codebook.codeword(index),
      })),
    };
  },
});

export const dftDefinition = defineCodebook({
  name: 'dft',
  describe: 'Hierarchical far-field beams: level m uses the middle 2^m elements',
  options: { ...arrayOptions, ...levelOptions },
  example: '--elements 64 --carrier "28 GHz" --level 6',
  build: (args) => {
    const array = arrayFromOptions(args);
    const codebook = new DftCodebook(array);
    const level = quantityOption('level', args.level, '1');
    const chosen = indices('index', args.index, codebook.numIndices(level));
    return {
      kind: 'narrowband',
      array,
      settings: ['phaseRad', 'delayS', 'amplitude'],
      entries: entries(chosen, (index) => ({
        columns: { level, index, sinAngle: codebook.sinAngle(level, index) },
        codeword: codebook.codeword(level, index),
      })),
    };
  },
});

/** The one index that was asked for, or all of 1..last. Checked before anything is printed. */
function indices(name: string, text: string | undefined, last: number): number[] {
  if (text === undefined) return Array.from({ length: last }, (_, k) => k + 1);
  return [requireIndex(name, quantityOption(name, text, '1'), last)];
}

function* entries<T>(
  chosen: readonly T[],
  entry: (index: T) => { columns: Record<string, unknown>; codeword: Codeword | null },
): Iterable<NarrowbandEntry> {
  for (const index of chosen) yield entry(index);
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
