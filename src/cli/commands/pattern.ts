import { Band } from '../../array/band.js';
import { PlanarArray } from '../../array/planar-array.js';
import { GainMeter, type WaveModel } from '../../channel/wideband/gain-meter.js';
import type { Codeword } from '../../codebook/codeword.js';
import { BeamloopError } from '../../core/errors.js';
import { codebookDefinitions } from '../codebooks/all.js';
import type { Selection } from '../codebooks/definition.js';
import { parametersOf } from '../codebooks/parameters.js';
import { type Command, type CommandContext, type Parser, warn } from '../command.js';
import { breathe, drainedWrite } from '../drained-write.js';
import { bandOptions, quantityOption } from '../options.js';
import { formatTable } from '../text-table.js';

const patternOptions = {
  points: {
    type: 'string',
    nargs: 1,
    demandOption: true,
    describe:
      'Where: sinAngle:distance, with commas between points, e.g. "0.5:12 m,-0.2:inf"; of planar arrays ' +
      'azimuth:elevation:distance, e.g. "20 deg:-5 deg:12 m"',
  },
  model: {
    choices: ['exact', 'fresnel'],
    default: 'exact',
    requiresArg: true,
    describe: 'Spherical wave, or its second-order approximation',
  },
} as const;

/** Codebooks of phases alone are evaluated at the carrier, or over a band if one is given. */
const optionalBand = {
  bandwidth: { ...bandOptions.bandwidth, demandOption: false },
  subcarriers: { ...bandOptions.subcarriers, demandOption: false },
} as const;

/** `beamloop pattern <codebook>`: the power that every pilot and subcarrier brings to given points. */
export const patternCommand: Command = (yargs, context) =>
  yargs.command(
    'pattern',
    'Print the power gain of every pilot and subcarrier of a codebook at points',
    (builder) =>
      codebookDefinitions
        .reduce<Parser>(
          (parser, { name, describe, options, example, build }) =>
            parser.command(
              name,
              describe,
              (own) =>
                own
                  .options({ ...options, ...('bandwidth' in options ? {} : optionalBand), ...patternOptions })
                  .example(
                    `$0 pattern ${name} ${example} --points "${name === 'planar' ? '20 deg:-5 deg:12 m' : '0.5:12 m,0:inf'}" --json`,
                    '',
                  ),
              (args) => {
                const selection = build(args as never);
                const points = pointsOption(args.points, name === 'planar');
                return print(context, args.json === true, selection, {
                  points,
                  model: args.model as WaveModel,
                  band: bandOf(selection, args as { bandwidth?: string; subcarriers?: string }),
                });
              },
            ),
          builder,
        )
        .demandCommand(1, `Name a codebook: ${codebookDefinitions.map(({ name }) => name).join(', ')}`)
        .example(
          `$0 pattern tdps ${codebookDefinitions.find(({ name }) => name === 'tdps')!.example} --points "0.5:12 m"`,
          '',
        ),
  );

/** Where gains are wanted, as arrays of a kind are told. */
interface Point {
  /** In JSON; what is infinite is null there. */
  readonly head: Readonly<Record<string, number>>;
  /** For people: direction and distance. */
  readonly cells: readonly string[];
  setOn(meter: GainMeter): void;
}

interface Request {
  readonly points: readonly Point[];
  readonly model: WaveModel;
  readonly band: Band;
}

/** @throws BAD_ARGUMENT for what is no point in front of the array. */
function pointsOption(text: unknown, isPlanar: boolean): Point[] {
  if (Array.isArray(text)) quantityOption('points', text, '1');
  const parts = String(text).split(',');
  return isPlanar ? parts.map(placeOfPlanar) : parts.map(pointOfLinear);
}

/** `20 deg:-5 deg:12 m` */
function placeOfPlanar(part: string): Point {
  const [azimuth, elevation, distance, ...rest] = part.split(':').map((text) => text.trim());
  if (azimuth === undefined || elevation === undefined || distance === undefined || rest.length > 0) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `'${part.trim()}' is not an azimuth, an elevation and a distance with colons between them`,
      where: '--points',
      todo: 'Write azimuth:elevation:distance, such as --points "20 deg:-5 deg:12 m,0 deg:0 deg:inf"',
    });
  }
  const place = {
    azimuthRad: quantityOption('points', azimuth, 'rad'),
    elevationRad: quantityOption('points', elevation, 'rad'),
    distanceM: quantityOption('points', distance, 'm'),
  };
  const degrees = (rad: number) => String(Number(((rad * 180) / Math.PI).toPrecision(6)));
  return {
    head: place,
    cells: [degrees(place.azimuthRad), degrees(place.elevationRad), metresText(place.distanceM)],
    setOn: (meter) => meter.setPlace(place),
  };
}

function pointOfLinear(part: string): Point {
  const [sine, distance, ...rest] = part.split(':');
  if (sine === undefined || distance === undefined || rest.length > 0) {
    throw wrongPoint(part, 'it is not a direction and a distance with a colon between them');
  }
  const sinAngle = quantityOption('points', sine.trim(), '1');
  const distanceM = quantityOption('points', distance.trim(), 'm');
  if (!(Math.abs(sinAngle) <= 1)) {
    throw wrongPoint(part, 'its direction is beyond 90 degrees: the sine of an angle is from -1 to 1');
  }
  if (!(distanceM > 0)) throw wrongPoint(part, 'its distance is not above 0');
  return {
    head: { sinAngle, distanceM, ringPerM: (1 - sinAngle ** 2) / (2 * distanceM) },
    cells: [String(sinAngle), metresText(distanceM)],
    setOn: (meter) => meter.setPoint(sinAngle, distanceM),
  };
}

function metresText(distanceM: number): string {
  return Number.isFinite(distanceM) ? String(distanceM) : 'inf';
}

function wrongPoint(part: string, reason: string): BeamloopError {
  return new BeamloopError('BAD_ARGUMENT', {
    what: `'${part.trim()}' is not a point in front of the array: ${reason}`,
    where: '--points',
    todo: 'Write sin(angle):distance, such as --points "0.5:12 m,-0.2:inf"',
  });
}

/** A codebook of splitting beams has its band; another is seen at its carrier unless a band is given. */
function bandOf(selection: Selection, args: { bandwidth?: string; subcarriers?: string }): Band {
  if (selection.kind === 'split') return selection.codebook.band;
  const { carrierHz } = selection.array;
  const { bandwidth, subcarriers } = args;
  if (bandwidth === undefined && subcarriers === undefined) {
    // The bandwidth of a single subcarrier changes nothing.
    return new Band({ carrierHz, bandwidthHz: carrierHz, numSubcarriers: 1 });
  }
  if (bandwidth === undefined || subcarriers === undefined) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `--${bandwidth === undefined ? 'subcarriers' : 'bandwidth'} is given alone`,
      todo: 'Give --bandwidth and --subcarriers together, or neither for the carrier',
    });
  }
  return new Band({
    carrierHz,
    bandwidthHz: quantityOption('bandwidth', bandwidth, 'Hz'),
    numSubcarriers: quantityOption('subcarriers', subcarriers, '1'),
  });
}

/** Pilots with what tells them apart; without the empty places of a codebook. */
function pilotsOf(selection: Selection): { name: Record<string, unknown>; codeword: Codeword }[] {
  if (selection.kind === 'split') {
    return selection.codebook.pilots.map(({ codeword }, k) => ({
      name: { pilot: k + 1, key: codeword.key },
      codeword,
    }));
  }
  return Array.from(selection.entries).flatMap(({ columns, codeword }) =>
    codeword === null ? [] : [{ name: { key: codeword.key, ...columns }, codeword }],
  );
}

async function print(
  context: CommandContext,
  json: boolean,
  selection: Selection,
  request: Request,
): Promise<void> {
  const array = selection.kind === 'split' ? selection.codebook.array : selection.array;
  if (selection.kind === 'split') warn(context, selection.warnings);
  const meter = new GainMeter(array, request.band, request.model);
  const pilots = pilotsOf(selection);
  const write = drainedWrite(context);
  if (json) await write(head(selection, request));
  const strongest: string[][] = [];
  for (const [p, point] of request.points.entries()) {
    point.setOn(meter);
    if (json) await write(`${p === 0 ? '' : ','}${pointHead(point)}`);
    for (const [k, { name, codeword }] of pilots.entries()) {
      const powerGain = meter.powerGain(codeword);
      if (json) {
        await write((k === 0 ? '' : ',') + JSON.stringify({ ...name, powerGain: Array.from(powerGain) }));
      } else {
        strongest.push(strongestRow(point, codeword.key, powerGain, request.band));
        await breathe(context);
      }
    }
    if (json) await write(']}');
  }
  if (json) await write(']}\n');
  else await write(strongestTable(strongest, array instanceof PlanarArray, context.columns));
}

/** Everything of the document up to its first point. */
function head(selection: Selection, { model, band }: Request): string {
  const text = JSON.stringify({
    model,
    ...(selection.kind === 'split' && {
      parameters: parametersOf(selection.parameters),
      warnings: selection.warnings,
    }),
    frequencyHz: Array.from(band.frequenciesHz),
  });
  return `${text.slice(0, -1)},"points":[`;
}

function pointHead({ head: place }: Point): string {
  // JSON has no infinity: the far field is null.
  const text = JSON.stringify(place);
  return `${text.slice(0, -1)},"pilots":[`;
}

function strongestRow(point: Point, key: string, powerGain: Float64Array, band: Band): string[] {
  const best = powerGain.reduce((at, gain, m) => (gain > powerGain[at]! ? m : at), 0);
  return [
    ...point.cells,
    key,
    String(best),
    (band.frequenciesHz[best]! / 1e9).toFixed(6),
    powerGain[best]!.toFixed(6),
    (10 * Math.log10(powerGain[best]!)).toFixed(2),
  ];
}

function strongestTable(
  rows: readonly string[][],
  isPlanar: boolean,
  widthColumns: number | undefined,
): string {
  const direction = isPlanar ? ['azimuth (deg)', 'elevation (deg)'] : ['sin(angle)'];
  const titles = [...direction, 'distance (m)', 'pilot', 'subcarrier', 'GHz', 'power gain', 'dB'];
  const columns = titles.map((title) => ({
    title,
    align: title === 'pilot' ? ('left' as const) : ('right' as const),
  }));
  return formatTable({ columns, rows }, widthColumns);
}
