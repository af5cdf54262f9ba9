/** Ray-traced paths from base stations to users, whatever file they came from. */
import { BANDWIDTH, type Bounds, CARRIER, outside } from '../../../core/bounds.js';
import type { Problem } from '../problems.js';
import { invalid } from '../problems.js';

export type PlaceM = readonly [number, number, number];

/** Paths from one base station to one user, shape [numPaths] each, in the order of the file. */
export interface UserPaths {
  /** As the files name it: `BS3`, `t001_tx000`. */
  readonly base: string;
  /** Set of receivers, where files have several: `r000`. */
  readonly receivers: string | null;
  /** Number within the scenario or the set of receivers, from 0. */
  readonly user: number;
  readonly positionM: PlaceM;
  /** Power gain, linear: received over transmitted. */
  readonly power: Float64Array;
  readonly phaseRad: Float64Array;
  readonly delayS: Float64Array;
  /** Where the path leaves the base station for: counter-clockwise from +x, and above the horizon (the x-y plane). */
  readonly departureAzimuthRad: Float64Array;
  readonly departureElevationRad: Float64Array;
  /** Where it comes from, seen from the user; null where files do not say. */
  readonly arrivalAzimuthRad: Float64Array | null;
  readonly arrivalElevationRad: Float64Array | null;
  /**
   * On the way, a decimal digit each, from the base station on: 1 reflection, 2 diffraction, 3 scattering, 4 transmission; 0 the
   * line of sight, -1 not the line of sight and not known what.
   */
  readonly interactions: Int32Array;
}

/** A scenario of ray tracing, opened. */
export interface PathScenario {
  readonly layout: 'DeepMIMO v3' | 'DeepMIMO v4';
  readonly files: readonly string[];
  readonly carrierHz: number | null;
  /** Of the channels that the scenario was made for, where it says so. */
  readonly bandwidthHz: number | null;
  /** Rows that `users` gives: each user once per base station. */
  readonly numRows: number;
  readonly bases: readonly { readonly base: string; readonly positionM: PlaceM | null }[];
  /** File by file; only one file is in memory at a time. */
  users(signal?: AbortSignal): AsyncGenerator<UserPaths>;
  /** All that were met by then. */
  problems(): Problem[];
}

export const RAD_PER_DEG = Math.PI / 180;

/** DeepMIMO counts from the zenith. */
export function elevationOfZenithDeg(zenithDeg: number): number {
  return (90 - zenithDeg) * RAD_PER_DEG;
}

/** By the layout's own unit; v3 gives bandwidths in GHz, v4 in Hz. */
const BANDWIDTH_UNIT = {
  'DeepMIMO v3': { name: 'GHz', hz: 1e9 },
  'DeepMIMO v4': { name: 'Hz', hz: 1 },
} as const;

/**
 * A bandwidth as files and programs of a layout give it, in Hz.
 *
 * @throws DATASET_INVALID for one that makes sense only in the other layout's unit, or in none.
 */
export function bandwidthOf(layout: PathScenario['layout'], value: number, where: string): number {
  const { name, hz } = BANDWIDTH_UNIT[layout];
  return requireQuantity('bandwidth', value, hz, name, BANDWIDTH, layout, where);
}

/** @throws DATASET_INVALID, as `bandwidthOf`; carriers are in Hz in both. */
export function carrierOf(layout: PathScenario['layout'], value: number, where: string): number {
  return requireQuantity('carrier', value, 1, 'Hz', CARRIER, layout, where);
}

function requireQuantity(
  what: string,
  value: number,
  factor: number,
  unit: string,
  bounds: Bounds,
  layout: string,
  where: string,
): number {
  if (outside(value * factor, bounds) === null) return value * factor;
  const other = unit === 'GHz' ? { unit: 'Hz', hz: 1 } : { unit: 'GHz', hz: 1e9 };
  const meant = outside(value * other.hz, bounds) === null;
  throw invalid(
    `The ${what} is ${value}, and ${layout} gives it in ${unit}${meant ? `: it looks like one in ${other.unit}` : ''}`,
    where,
    meant ? `Give ${Number(((value * other.hz) / factor).toPrecision(12))}` : `Give a ${what} in ${unit}`,
  );
}
