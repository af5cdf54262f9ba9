/** Codebooks of delays and phases whose beams split over the band: TD-PS, near-field rainbow, far-field rainbow. */
import { selectorBits } from '../../../drivers/array-board.js';
import type { Band } from '../../array/band.js';
import type { LinearArray } from '../../array/linear-array.js';
import type { SplitCodebook } from '../../codebook/beam-split.js';
import { halfWidthRingPerM, halfWidthSinAngle } from '../../codebook/beam-width.js';
import { coverageRatio, missedShare, slopeLimit } from '../../codebook/coverage.js';
import { evenRings, farRainbowCodebook, polarRings, rainbowCodebook } from '../../codebook/rainbow.js';
import { rainbowAdvice, tdPsAdvice } from '../../codebook/split-advice.js';
import {
  describeTdPs,
  designTdPs,
  type Interleaving,
  type TdPsDesign,
  tdPsCodebook,
} from '../../codebook/tdps.js';
import { BeamloopError } from '../../core/errors.js';
import { distinctLines } from '../../realisation/delay-lines.js';
import {
  arrayFromOptions,
  arrayOptions,
  bandFromOptions,
  bandOptions,
  pairOption,
  pairOptionOf,
  quantityOption,
} from '../options.js';
import { defineCodebook, type Parameter } from './definition.js';
import {
  maxAngleFromOptions,
  maxAngleOption,
  ringRangeFromOptions,
  ringRangeOptions,
} from './sector-options.js';

const algorithmOptions = {
  gamma: {
    type: 'string',
    requiresArg: true,
    describe: 'Share of the steepest sweep without gaps between subcarriers, above 0, up to 1 (1)',
  },
  epsilon: { type: 'string', requiresArg: true, describe: 'Oversampling of the ring sweep, from 1 (1)' },
  'end-direction': {
    type: 'string',
    nargs: 1,
    describe: 'Direction of the last subcarrier of pilot 1, sin(angle) (1)',
  },
  ...ringRangeOptions,
  'max-angle': {
    ...maxAngleOption['max-angle'],
    describe: `With --distances: ${maxAngleOption['max-angle'].describe.toLowerCase()}`,
  },
} as const;

export const tdPsDefinition = defineCodebook({
  name: 'tdps',
  describe: 'Distance-dependent beam split: few pilots that search directions and distances at once',
  options: {
    ...arrayOptions,
    ...bandOptions,
    pilots: {
      type: 'string',
      nargs: 1,
      describe: 'Pilots K; as many as leave no hole between the rings unless given',
    },
    interleaving: {
      choices: ['delays', 'phases'],
      default: 'delays',
      requiresArg: true,
      describe: 'Pilots differ by their delays, or by their phases (one delay per element will do)',
    },
    'delay-parameters': pairOptionOf(
      'Direction and ring of the delays, theta_t,alpha_t, e.g. =-31,-0.454; with --phase-parameters instead of what follows',
    ),
    'phase-parameters': pairOptionOf('Direction and ring of the phases, theta_p,alpha_p, e.g. =15,0.5'),
    ...algorithmOptions,
  },
  example:
    '--elements 256 --carrier "30 GHz" --bandwidth "5 GHz" --subcarriers 1024 --ring-range 1/400,1/10 --pilots 3',
  build: (args) => {
    const array = arrayFromOptions(args);
    const band = bandFromOptions(args);
    const explicit = args.delayParameters !== undefined || args.phaseParameters !== undefined;
    const design = explicit ? explicitDesign(array, band, args) : algorithmDesign(array, band, args);
    const codebook = tdPsCodebook(
      array,
      band,
      design.values,
      args.pilots === undefined ? undefined : quantityOption('pilots', args.pilots, '1'),
      args.interleaving as Interleaving,
    );
    return {
      kind: 'split',
      codebook,
      parameters: [
        ...physics(codebook),
        ...design.choices,
        { name: 'interleaving', label: 'pilots differ by', value: args.interleaving },
        ...tdPsParameters(design.values, codebook),
      ],
      warnings: tdPsAdvice(array, band, design.values, codebook.pilots.length),
    };
  },
});

export const rainbowDefinition = defineCodebook({
  name: 'rainbow',
  describe: 'Near-field rainbow: one pilot per distance ring, its subcarriers in all directions',
  options: {
    ...arrayOptions,
    ...bandOptions,
    ...maxAngleOption,
    nearest: {
      type: 'string',
      requiresArg: true,
      describe: 'Rings of the polar codebook, from infinity to this distance, e.g. "5 m"',
    },
    rings: {
      type: 'string',
      nargs: 1,
      describe: 'Instead: so many rings, evenly over --ring-range or --distances',
    },
    ...ringRangeOptions,
  },
  example: '--elements 256 --carrier "30 GHz" --bandwidth "5 GHz" --subcarriers 1024 --nearest "5 m"',
  build: (args) => {
    const array = arrayFromOptions(args);
    const band = bandFromOptions(args);
    const maxSinAngle = Math.sin(maxAngleFromOptions(args));
    const rangePerM = ringRangeFromOptions(args);
    const { ringsPerM, even } = ringGrid(array, args, rangePerM);
    const codebook = rainbowCodebook(array, band, maxSinAngle, ringsPerM);
    return {
      kind: 'split',
      codebook,
      parameters: [
        ...physics(codebook),
        ...rainbowSummary(codebook, maxSinAngle),
        { name: 'ringsPerM', label: 'rings (1/m)', value: Array.from(ringsPerM) },
        { name: 'ringRangePerM', label: 'ring range (1/m)', value: rangePerM },
      ],
      warnings: rainbowAdvice(array, band, maxSinAngle, even),
    };
  },
});

export const farRainbowDefinition = defineCodebook({
  name: 'far-rainbow',
  describe: 'Far-field rainbow: one pilot, its subcarriers in all directions at infinity',
  options: { ...arrayOptions, ...bandOptions, ...maxAngleOption },
  example: '--elements 256 --carrier "30 GHz" --bandwidth "5 GHz" --subcarriers 1024 --max-angle "60 deg"',
  build: (args) => {
    const array = arrayFromOptions(args);
    const band = bandFromOptions(args);
    const maxSinAngle = Math.sin(maxAngleFromOptions(args));
    const codebook = farRainbowCodebook(array, band, maxSinAngle);
    return {
      kind: 'split',
      codebook,
      parameters: [...physics(codebook), ...rainbowSummary(codebook, maxSinAngle)],
      warnings: rainbowAdvice(array, band, maxSinAngle, null),
    };
  },
});

interface Design {
  readonly values: TdPsDesign;
  /** What was chosen to get there. */
  readonly choices: readonly Parameter[];
}

interface TdPsArguments {
  readonly delayParameters?: string | undefined;
  readonly phaseParameters?: string | undefined;
  readonly gamma?: string | undefined;
  readonly epsilon?: string | undefined;
  readonly endDirection?: string | undefined;
  readonly ringRange?: string | undefined;
  readonly distances?: string | undefined;
  readonly maxAngle?: string | undefined;
}

function explicitDesign(array: LinearArray, band: Band, args: TdPsArguments): Design {
  const { delayParameters, phaseParameters } = args;
  const others = Object.keys(algorithmOptions).filter((name) => args[camelCase(name)] !== undefined);
  if (others.length > 0) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `Parameters are given, and --${others.join(', --')} to compute them from`,
      todo: 'Give --delay-parameters and --phase-parameters, or what they are computed from',
    });
  }
  if (delayParameters === undefined || phaseParameters === undefined) {
    const [given, lacking] = delayParameters === undefined ? ['phase', 'delay'] : ['delay', 'phase'];
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `--${given}-parameters is given without --${lacking}-parameters`,
      todo: 'Give both, or neither',
    });
  }
  const [delaySinAngle, delayRingPerM] = pairOption('delay-parameters', delayParameters, ['1', '1/m']);
  const [phaseSinAngle, phaseRingPerM] = pairOption('phase-parameters', phaseParameters, ['1', '1/m']);
  return {
    values: describeTdPs(array, band, { delaySinAngle, delayRingPerM, phaseSinAngle, phaseRingPerM }),
    choices: [{ name: 'source', label: 'parameters', value: 'given' }],
  };
}

function algorithmDesign(array: LinearArray, band: Band, args: TdPsArguments): Design {
  const ringRangePerM = ringRangeFromOptions(args);
  if (ringRangePerM === null) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: 'It is not said which distances to cover',
      todo: 'Give --ring-range 1/400,1/10 or --distances "5 m,30 m", or --delay-parameters and --phase-parameters',
    });
  }
  // Rings stand for themselves; a wrong angle beside them is a mistake all the same.
  maxAngleFromOptions(args);
  const { gamma = '1', epsilon = '1', endDirection = '1' } = args;
  const choice = {
    gamma: quantityOption('gamma', gamma, '1'),
    epsilon: quantityOption('epsilon', epsilon, '1'),
    endDirection: quantityOption('end-direction', endDirection, '1'),
    ringRangePerM,
  };
  return {
    values: designTdPs(array, band, choice),
    choices: [
      { name: 'source', label: 'parameters', value: 'Algorithm 1' },
      { name: 'gamma', label: 'gamma', value: choice.gamma },
      { name: 'epsilon', label: 'epsilon', value: choice.epsilon },
      { name: 'ringRangePerM', label: 'rings to cover (1/m)', value: ringRangePerM },
    ],
  };
}

function ringGrid(
  array: LinearArray,
  { nearest, rings }: { nearest?: string | undefined; rings?: string | undefined },
  rangePerM: [number, number] | null,
) {
  if (nearest !== undefined && rings === undefined && rangePerM === null) {
    return { ringsPerM: polarRings(array, quantityOption('nearest', nearest, 'm')), even: null };
  }
  if (nearest === undefined && rings !== undefined && rangePerM !== null) {
    const count = quantityOption('rings', rings, '1');
    return { ringsPerM: evenRings(rangePerM, count), even: { count, rangePerM } };
  }
  throw new BeamloopError('BAD_ARGUMENT', {
    what: 'The rings of a rainbow come from --nearest alone, or from --rings with --ring-range or --distances',
    todo: 'Give --nearest "5 m", or --rings 10 --ring-range 1/400,1/10',
  });
}

function camelCase(name: string): keyof TdPsArguments {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()) as keyof TdPsArguments;
}

function physics({ array, band }: SplitCodebook): Parameter[] {
  return [
    { name: 'numElements', label: 'elements', value: array.numElements },
    { name: 'elementSpacingM', label: 'element spacing (m)', value: array.spacingM },
    { name: 'speedOfLightMPerS', label: 'speed of light (m/s)', value: array.speedOfLightMPerS },
    { name: 'carrierHz', label: 'carrier (Hz)', value: band.carrierHz },
    { name: 'bandwidthHz', label: 'bandwidth (Hz)', value: band.bandwidthHz },
    { name: 'numSubcarriers', label: 'subcarriers', value: band.numSubcarriers },
    { name: 'subcarrierSpacingHz', label: 'subcarrier spacing (Hz)', value: band.spacingHz },
  ];
}

function tdPsParameters(design: TdPsDesign, codebook: SplitCodebook): Parameter[] {
  const { delaySinAngle, delayRingPerM, phaseSinAngle, phaseRingPerM } = design.parameters;
  const numPilots = codebook.pilots.length;
  const delayLines = distinctLines(codebook.pilots.map(({ codeword }) => codeword.delayS!)).length;
  const stripOf = (slope: number) => Math.round((slope - phaseSinAngle) / 2);
  return [
    { name: 'delayParameters', label: 'theta_t, alpha_t (1, 1/m)', value: [delaySinAngle, delayRingPerM] },
    { name: 'phaseParameters', label: 'theta_p, alpha_p (1, 1/m)', value: [phaseSinAngle, phaseRingPerM] },
    { name: 'firstSlope', label: 'slope s of the first subcarrier', value: design.firstSlope },
    { name: 'lastSlope', label: 'slope s of the last subcarrier', value: design.lastSlope },
    { name: 'firstStrip', label: 'strip p of the first subcarrier', value: stripOf(design.firstSlope) },
    { name: 'lastStrip', label: 'strip p of the last subcarrier', value: stripOf(design.lastSlope) },
    {
      name: 'endDirection',
      label: 'direction of the last subcarrier in that strip',
      value: design.endDirection,
    },
    {
      name: 'slopeLimit',
      label: 'largest slope without gaps at the first subcarrier',
      value: design.slopeLimit,
    },
    {
      name: 'coverageRatio',
      label: 'slope over the limit of its subcarrier, at the worst',
      value: design.coverageRatio,
    },
    { name: 'missedShare', label: 'share of directions missed', value: design.missedShare },
    { name: 'numSweeps', label: 'sweeps over all directions per pilot', value: design.numSweeps },
    ...halfWidths(codebook),
    { name: 'ringSweepPerM', label: 'rings swept (1/m)', value: design.ringSweepPerM },
    { name: 'holePerM', label: 'ring hole between strips of one pilot (1/m)', value: design.holePerM },
    { name: 'facingBeamsPerM', label: 'closed by two facing beams (1/m)', value: design.facingBeamsPerM },
    { name: 'pilotRatio', label: 'hole over that', value: design.pilotRatio },
    { name: 'minPilots', label: 'pilots needed: that, rounded up', value: design.minPilots },
    { name: 'numPilots', label: 'pilots', value: numPilots },
    { name: 'delayLines', label: 'fixed delay lines per element', value: delayLines },
    { name: 'selectorBits', label: 'bits to select a line', value: selectorBits(delayLines) },
    delayRange(codebook),
  ];
}

function rainbowSummary(codebook: SplitCodebook, maxSinAngle: number): Parameter[] {
  const { array, band, pilots } = codebook;
  const { parameters, foci } = pilots[0]!;
  return [
    { name: 'maxSinAngle', label: 'largest sin(angle)', value: maxSinAngle },
    { name: 'delaySinAngle', label: 'theta_t', value: parameters.delaySinAngle },
    { name: 'phaseSinAngle', label: 'theta_p', value: parameters.phaseSinAngle },
    {
      name: 'slopeLimit',
      label: 'largest slope without gaps at the first subcarrier',
      value: slopeLimit(array, band),
    },
    {
      name: 'coverageRatio',
      label: 'slope over the limit of its subcarrier, at the worst',
      value: coverageRatio(array, band, foci),
    },
    { name: 'missedShare', label: 'share of directions missed', value: missedShare(array, band, foci) },
    ...halfWidths(codebook),
    { name: 'numPilots', label: 'pilots', value: pilots.length },
    delayRange(codebook),
  ];
}

/** At the first and the last subcarrier. */
function halfWidths({ array, band }: SplitCodebook): Parameter[] {
  const ends = [band.frequenciesHz[0]!, band.frequenciesHz.at(-1)!];
  return [
    {
      name: 'halfWidthSinAngle',
      label: 'half-width in sin(angle), first and last',
      value: ends.map((hz) => halfWidthSinAngle(array, hz)),
    },
    {
      name: 'halfWidthRingPerM',
      label: 'half-width over rings, first and last (1/m)',
      value: ends.map((hz) => halfWidthRingPerM(array, hz)),
    },
  ];
}

function delayRange({ pilots }: SplitCodebook): Parameter {
  const mostS = pilots.reduce(
    (most, { codeword }) => codeword.delayS!.reduce((a, b) => Math.max(a, b), most),
    0,
  );
  return { name: 'delayRangeS', label: 'largest delay (s)', value: mostS };
}
