import { once } from 'node:events';
import type { Codeword } from '../../codebook/codeword.js';
import { DftCodebook } from '../../codebook/dft.js';
import { DpcCodebook } from '../../codebook/dpc.js';
import { PolarCodebook, requireIndex } from '../../codebook/polar.js';
import type { Command, CommandContext, Parser } from '../command.js';
import { arrayFromOptions, arrayOptions, quantityOption } from '../options.js';

/** `beamloop codebook dpc|polar|dft`: prints codewords with their phases. */
export const codebookCommand: Command = (yargs, context) =>
  yargs.command('codebook', 'Print the codewords of a codebook', (builder) =>
    dft(polar(dpc(builder, context), context), context)
      .demandCommand(1, 'Name a codebook: dpc, polar or dft')
      .example(
        '$0 codebook dpc --elements 256 --carrier "100 GHz" --level 3',
        'All eight sectors of level 3',
      ),
  );

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

function dpc(parent: Parser, context: CommandContext): Parser {
  return parent.command(
    'dpc',
    'Diverging polar-domain codebook: wide beams that halve a sector level by level',
    (yargs) =>
      yargs
        .options({
          ...arrayOptions,
          ...levelOptions,
          'range-reduction': {
            type: 'boolean',
            default: true,
            describe: 'Keep sectors within 60 degrees of broadside; --no-range-reduction switches it off',
          },
        })
        .example('$0 codebook dpc --elements 256 --carrier "100 GHz" --level 3 --index 5 --json', ''),
    (args) => {
      const codebook = new DpcCodebook(arrayFromOptions(args), { rangeReduction: args.rangeReduction });
      const level = quantityOption('level', args.level, '1');
      const chosen = indices('index', args.index, codebook.numIndices(level));
      return print(context, args.json, chosen, (index) => ({
        level,
        index,
        virtualFocalPointM: codebook.virtualFocalPointM(level, index),
        ...settings(codebook.codeword(level, index)),
      }));
    },
  );
}

function polar(parent: Parser, context: CommandContext): Parser {
  return parent.command(
    'polar',
    'Polar codebook: beams focused on a grid of angles and rings',
    (yargs) =>
      yargs
        .options({
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
        })
        .example('$0 codebook polar --elements 256 --carrier "100 GHz" --rings 6 --ring 1 --json', ''),
    (args) => {
      const codebook = new PolarCodebook(arrayFromOptions(args), {
        numRings: quantityOption('rings', args.rings, '1'),
        ringSpacing: quantityOption('ring-spacing', args.ringSpacing, '1'),
      });
      const angleIndices = indices('angle-index', args.angleIndex, codebook.numAngles);
      const chosen = indices('ring', args.ring, codebook.numRings).flatMap((ring) =>
        angleIndices.map((angleIndex) => ({ ring, angleIndex })),
      );
      return print(context, args.json, chosen, (index) => ({
        ...index,
        sinAngle: codebook.sinAngles[index.angleIndex - 1]!,
        ringDistanceM: finiteOrNull(codebook.ringDistanceM(index.ring)),
        distanceM: finiteOrNull(codebook.distanceM(index)),
        phaseRad: Array.from(codebook.codeword(index).phaseRad),
      }));
    },
  );
}

function dft(parent: Parser, context: CommandContext): Parser {
  return parent.command(
    'dft',
    'Hierarchical far-field beams: level m uses the middle 2^m elements',
    (yargs) =>
      yargs
        .options({ ...arrayOptions, ...levelOptions })
        .example('$0 codebook dft --elements 64 --carrier "28 GHz" --level 6 --json', ''),
    (args) => {
      const codebook = new DftCodebook(arrayFromOptions(args));
      const level = quantityOption('level', args.level, '1');
      const chosen = indices('index', args.index, codebook.numIndices(level));
      return print(context, args.json, chosen, (index) => {
        const codeword = codebook.codeword(level, index);
        const amplitude = codeword.amplitude === null ? null : Array.from(codeword.amplitude);
        return { level, index, sinAngle: codebook.sinAngle(level, index), ...settings(codeword), amplitude };
      });
    },
  );
}

/** The one index that was asked for, or all of 1..last. Checked before anything is printed. */
function indices(name: string, text: string | undefined, last: number): number[] {
  if (text === undefined) return Array.from({ length: last }, (_, k) => k + 1);
  return [requireIndex(name, quantityOption(name, text, '1'), last)];
}

function settings(codeword: Codeword | null) {
  if (codeword === null) return { phaseRad: null, delayS: null };
  const { phaseRad, delayS } = codeword;
  return { phaseRad: Array.from(phaseRad), delayS: delayS === null ? null : Array.from(delayS) };
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** Prints codeword by codeword: a codebook of 4096 elements is longer than the longest string. */
async function print<T>(
  { stdout }: CommandContext,
  json: boolean,
  chosen: readonly T[],
  describe: (index: T) => Record<string, unknown>,
): Promise<void> {
  const write = async (text: string) => {
    if (!stdout.write(text)) await once(stdout, 'drain');
  };
  if (json) await write('{"codewords":[');
  for (const [k, index] of chosen.entries()) {
    const codeword = describe(index);
    if (json) {
      await write((k === 0 ? '' : ',') + JSON.stringify(codeword));
      continue;
    }
    // Settings per element are for machines; a person gets what tells codewords apart.
    const cells = Object.entries(codeword).filter(([name]) => !PER_ELEMENT.has(name));
    if (k === 0) await write(line(cells.map(([name]) => name)));
    await write(line(cells.map(([, value]) => cell(value))));
  }
  if (json) await write(']}\n');
}

const PER_ELEMENT: ReadonlySet<string> = new Set(['phaseRad', 'delayS', 'amplitude']);

function cell(value: unknown): string {
  if (value === null) return '-';
  if (Array.isArray(value)) return value.map(cell).join(', ');
  const number = value as number;
  return Number.isInteger(number) ? String(number) : number.toFixed(6);
}

function line(cells: readonly string[]): string {
  return `${cells.map((text, k) => text.padStart(k < 2 ? 11 : 28)).join('')}\n`;
}
