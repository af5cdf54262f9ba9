import type { SplitCodebook, SplitPilot } from '../../codebook/beam-split.js';
import { codebookDefinitions } from '../codebooks/all.js';
import type {
  NarrowbandEntry,
  NarrowbandSelection,
  Selection,
  SplitSelection,
} from '../codebooks/definition.js';
import { parameterLines, parametersOf } from '../codebooks/parameters.js';
import { type Command, type CommandContext, type Parser, warn } from '../command.js';
import { drainedWrite } from '../drained-write.js';
import { formatTable } from '../text-table.js';

/** `beamloop codebook dpc|polar|dft|planar|tdps|rainbow|far-rainbow`: prints codewords with phases and delays. */
export const codebookCommand: Command = (yargs, context) =>
  yargs.command('codebook', 'Print the codewords of a codebook', (builder) =>
    codebookDefinitions
      .reduce<Parser>(
        (parser, { name, describe, options, example, build }) =>
          parser.command(
            name,
            describe,
            (own) => own.options(options).example(`$0 codebook ${name} ${example} --json`, ''),
            (args) => print(context, args.json === true, build(args as never)),
          ),
        builder,
      )
      .demandCommand(1, `Name a codebook: ${codebookDefinitions.map(({ name }) => name).join(', ')}`)
      .example('$0 codebook dpc --elements 256 --carrier "100 GHz" --level 3', 'All eight sectors of level 3')
      .example(`$0 codebook tdps ${codebookDefinitions.find(({ name }) => name === 'tdps')!.example}`, ''),
  );

function print(context: CommandContext, json: boolean, selection: Selection): Promise<void> {
  if (selection.kind === 'narrowband') return printNarrowband(context, json, selection);
  warn(context, selection.warnings);
  return json ? printSplitJson(context, selection) : printSplit(context, selection);
}

async function printNarrowband(
  context: CommandContext,
  json: boolean,
  { entries, settings }: NarrowbandSelection,
): Promise<void> {
  const write = drainedWrite(context);
  if (json) await write('{"codewords":[');
  let first = true;
  for (const entry of entries) {
    if (json) await write((first ? '' : ',') + JSON.stringify(codewordRecord(entry, settings)));
    else {
      // Settings per element are for machines; a person gets what tells codewords apart.
      if (first) await write(line(Object.keys(entry.columns)));
      await write(line(Object.values(entry.columns).map(cell)));
    }
    first = false;
  }
  if (json) await write(']}\n');
}

function codewordRecord({ columns, codeword }: NarrowbandEntry, settings: NarrowbandSelection['settings']) {
  const shown = settings.map((name) => {
    const values = codeword === null ? null : codeword[name];
    return [name, values === null ? null : Array.from(values)] as const;
  });
  return { ...columns, ...Object.fromEntries(shown) };
}

async function printSplitJson(
  context: CommandContext,
  { codebook, parameters, warnings }: SplitSelection,
): Promise<void> {
  const write = drainedWrite(context);
  const head = JSON.stringify({ parameters: parametersOf(parameters), warnings });
  await write(`${head.slice(0, -1)},"pilots":[`);
  for (const [k, pilot] of codebook.pilots.entries()) {
    await write((k === 0 ? '' : ',') + JSON.stringify(pilotRecord(codebook, pilot, k)));
  }
  await write(']}\n');
}

function pilotRecord({ band }: SplitCodebook, { codeword, parameters, foci }: SplitPilot, k: number) {
  const { delaySinAngle, delayRingPerM, phaseSinAngle, phaseRingPerM } = parameters;
  return {
    pilot: k + 1,
    key: codeword.key,
    delayParameters: [delaySinAngle, delayRingPerM],
    phaseParameters: [phaseSinAngle, phaseRingPerM],
    delayS: Array.from(codeword.delayS!),
    phaseRad: Array.from(codeword.phaseRad),
    subcarriers: Array.from(band.frequenciesHz, (frequencyHz, m) => ({
      frequencyHz,
      sinAngle: foci.sinAngle[m]!,
      ringPerM: foci.ringPerM[m]!,
      visible: foci.visible[m] === 1,
    })),
  };
}

async function printSplit(context: CommandContext, { codebook, parameters }: SplitSelection): Promise<void> {
  const write = drainedWrite(context);
  for (const text of parameterLines(parameters)) await write(text);
  const right = (title: string) => ({ title, align: 'right' as const });
  const columns = [
    ...['pilot', 'theta_t', 'theta_p', 'first focus (sin, 1/m)'].map(right),
    { ...right('last focus (sin, 1/m)'), dropFirst: 2 },
    { ...right('rings (1/m)'), dropFirst: 3 },
    { ...right('visible'), dropFirst: 1 },
    right('delays up to (ns)'),
  ];
  const rows = codebook.pilots.map((pilot, k) => pilotRow(pilot, k));
  await write(`\n${formatTable({ columns, rows }, context.columns)}`);
}

function pilotRow({ codeword, parameters, foci }: SplitPilot, k: number): string[] {
  const { sinAngle, ringPerM, visible } = foci;
  const last = sinAngle.length - 1;
  const ends = [ringPerM[0]!, ringPerM[last]!].sort((a, b) => a - b);
  const share = visible.reduce((sum, seen) => sum + seen, 0) / visible.length;
  return [
    String(k + 1),
    parameters.delaySinAngle.toFixed(4),
    parameters.phaseSinAngle.toFixed(4),
    `${sinAngle[0]!.toFixed(4)}, ${ringPerM[0]!.toFixed(5)}`,
    `${sinAngle[last]!.toFixed(4)}, ${ringPerM[last]!.toFixed(5)}`,
    `${ends[0]!.toFixed(5)} … ${ends[1]!.toFixed(5)}`,
    `${(100 * share).toFixed(1)} %`,
    (1e9 * codeword.delayS!.reduce((a, b) => Math.max(a, b))).toFixed(3),
  ];
}

function cell(value: unknown): string {
  if (value === null) return '-';
  if (Array.isArray(value)) return value.map(cell).join(', ');
  const number = value as number;
  return Number.isInteger(number) ? String(number) : number.toFixed(6);
}

function line(cells: readonly string[]): string {
  return `${cells.map((text, k) => text.padStart(k < 2 ? 16 : 28)).join('')}\n`;
}
