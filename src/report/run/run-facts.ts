/** What table `run` says about a run. Whatever is missing there is null here, and the report says so. */
import { z } from 'zod';
import { Band } from '../../array/band.js';
import type { Sector } from '../../array/focal-point.js';
import { PLANAR_SPREADS, type PlanarCodebook } from '../../codebook/planar.js';
import { PolarCodebook } from '../../codebook/polar.js';
import { BeamloopError } from '../../core/errors.js';
import { SPEED_OF_LIGHT_M_PER_S } from '../../core/physics.js';
import { forecastLines } from '../../scenario/loss-forecast.js';
import { codebookOf } from '../../scenario/users.js';
import { schemeSchema } from '../../training/registry.js';
import type { SchemeChoice } from '../../training/scheme-definition.js';

const scenarioFacts = z.object({
  title: z.string().nullish(),
  array: z
    .object({
      elements: z.number(),
      carrier: z.number(),
      speedOfLight: z.number().optional(),
      rings: z.number().default(6),
      planar: z
        .object({
          rows: z.number(),
          columns: z.number(),
          spacing: z.tuple([z.number(), z.number()]),
          boresight: z.number(),
          tilt: z.number(),
          height: z.number(),
          beams: z.tuple([z.number(), z.number()]),
          beamSpread: z.enum(PLANAR_SPREADS),
        })
        .optional(),
      bandwidth: z.number().optional(),
      subcarriers: z.number().optional(),
      sector: z
        .object({ maxAngleRad: z.number(), distanceM: z.tuple([z.number(), z.number()]) })
        .optional()
        .catch(undefined),
    })
    .optional(),
  scheme: z.looseObject({ name: z.string() }).optional(),
  slots: z.object({ duration: z.number() }).optional(),
  board: z.object({ port: z.string(), baud: z.number().optional() }).optional(),
  bridge: z.object({ token: z.string().optional(), feedback: z.string().optional() }).optional(),
});

const boardFacts = z.object({
  model: z.string(),
  serialNumber: z.string(),
  firmware: z.string(),
  protocolVersion: z.string().optional(),
  numElements: z.number(),
  phaseBits: z.number(),
  delayBits: z.number(),
  delayLsbS: z.number().optional(),
  amplitudeBits: z.number(),
  memoryDepth: z.number(),
  queueDepth: z.number(),
  switchTimeS: z.number(),
  clockRateHz: z.number(),
  hostTimed: z.object({ baud: z.number() }).optional(),
});

const realisabilityFacts = z.object({ summary: z.array(z.string()) });

const range = z.object({ meanDb: z.number(), worstDb: z.number() });
const beamsForecast = z.object({ numBeams: z.number(), quantisation: range, hardware: range.nullable() });
const forecastFacts = z.object({ pilots: beamsForecast.nullable(), serving: beamsForecast });

function forecastOf(value: unknown): string[] | null {
  const forecast = forecastFacts.safeParse(value).data;
  return forecast === undefined ? null : forecastLines(forecast);
}

type BoardFacts = z.output<typeof boardFacts>;

export interface RunFacts {
  readonly title: string | null;
  readonly seed: number | null;
  readonly versions: readonly (readonly [name: string, version: string])[];
  readonly board: BoardFacts | null;
  readonly port: string | null;
  readonly baud: number | null;
  readonly slotDurationS: number | null;
  /** Scheme name, and its other options as `key: value`. */
  readonly scheme: string | null;
  readonly schemeOptions: Readonly<Record<string, unknown>>;
  /** The scheme as it was run; null when this version does not know it. */
  readonly choice: SchemeChoice | null;
  /** Array with its polar codebook; null when the recording does not say enough to rebuild it. */
  readonly polar: PolarCodebook | null;
  /** A planar array with its codebook; null of a linear one. */
  readonly planar: PlanarCodebook | null;
  /** The subcarriers that UEs measured; null in narrowband runs. */
  readonly band: Band | null;
  /** Where users could be; null in narrowband runs. */
  readonly sector: Sector | null;
  /** What the board makes of the pilots over the band, line by line as a dry run prints it; null in narrowband runs. */
  readonly realisability: readonly string[] | null;
  /** What the board was to lose of pilots and serving beams, line by line as a dry run prints it. */
  readonly lossForecast: readonly string[] | null;
  /** UEs kept the powers and estimated by themselves; recorded powers are means over the band. */
  readonly localEstimates: boolean;
  /** Without the bridge's token: reports are shown around. */
  readonly scenarioText: string | null;
}

/** @param entries key → value of table `run`. */
export function readRunFacts(entries: ReadonlyMap<string, unknown>): RunFacts {
  const scenario = scenarioFacts.safeParse(entries.get('scenario')).data;
  const versions = z.record(z.string(), z.unknown()).safeParse(entries.get('versions')).data ?? {};
  const { name, ...schemeOptions } = scenario?.scheme ?? { name: null };
  const board = boardFacts.safeParse(entries.get('board')).data ?? null;
  // A board that speaks its own language says at which rate it does; 0 without a serial line.
  const baud = board?.hostTimed?.baud ?? scenario?.board?.baud ?? 0;
  return {
    title: scenario?.title ?? z.string().safeParse(entries.get('scenarioName')).data ?? null,
    seed: z.number().safeParse(entries.get('seed')).data ?? null,
    versions: Object.entries(versions).map(([part, version]) => [part, String(version)] as const),
    board,
    port: scenario?.board?.port ?? null,
    baud: baud === 0 ? null : baud,
    slotDurationS: scenario?.slots?.duration ?? null,
    scheme: name,
    schemeOptions,
    choice: schemeSchema.safeParse(asWritten(scenario?.scheme)).data ?? null,
    ...codebooksOf(scenario?.array),
    band: bandOf(scenario?.array),
    sector: scenario?.array?.sector ?? null,
    realisability: realisabilityFacts.safeParse(entries.get('realisability')).data?.summary ?? null,
    lossForecast: forecastOf(entries.get('lossForecast')),
    localEstimates: scenario?.bridge?.feedback === 'estimate',
    scenarioText: withoutToken(
      z.string().safeParse(entries.get('scenarioText')).data ?? null,
      scenario?.bridge?.token,
    ),
  };
}

/** A recorded scheme, whose quantities are numbers, as a scenario says it: with its unit. */
function asWritten(scheme: Readonly<Record<string, unknown>> | undefined): unknown {
  const { estimator } = scheme ?? {};
  const { snr } = (estimator ?? {}) as { readonly snr?: unknown };
  if (typeof snr !== 'number') return scheme;
  return { ...scheme, estimator: { ...(estimator as object), snr: `${snr} dB` } };
}

function withoutToken(text: string | null, token: string | undefined): string | null {
  if (text === null) return null;
  const byValue = token === undefined || token === '' ? text : text.replaceAll(token, '(not shown)');
  return byValue.replace(/(\btoken["']?\s*:\s*)("[^"]*"|'[^']*'|[^\s,}#][^,}#\n]*)/g, '$1(not shown)');
}

function bandOf(
  array: { carrier: number; bandwidth?: number | undefined; subcarriers?: number | undefined } | undefined,
): Band | null {
  if (array?.bandwidth === undefined || array.subcarriers === undefined) return null;
  try {
    const { carrier: carrierHz, bandwidth: bandwidthHz, subcarriers: numSubcarriers } = array;
    return new Band({ carrierHz, bandwidthHz, numSubcarriers });
  } catch (error) {
    if (error instanceof BeamloopError) return null;
    throw error;
  }
}

type ArrayFacts = z.output<typeof scenarioFacts>['array'];

function codebooksOf(array: ArrayFacts): Pick<RunFacts, 'polar' | 'planar'> {
  if (array === undefined) return { polar: null, planar: null };
  try {
    const codebook = codebookOf({
      array: { ...array, speedOfLight: array.speedOfLight ?? SPEED_OF_LIGHT_M_PER_S },
    });
    return codebook instanceof PolarCodebook
      ? { polar: codebook, planar: null }
      : { polar: null, planar: codebook };
  } catch (error) {
    if (error instanceof BeamloopError) return { polar: null, planar: null };
    throw error;
  }
}
