/** Sweeps of the users of ray-traced base stations (docs/model.md eq. 101): three sectors where the base station stands. */
import { setImmediate } from 'node:timers/promises';
import type { Vector3 } from '../../../array/antenna-array.js';
import type { ComplexVector } from '../../../core/complex.js';
import { BeamloopError } from '../../../core/errors.js';
import { formatQuantity } from '../../../core/units.js';
import { ChannelMaker, type ChannelPaths } from '../../datasets/deepmimo/channels.js';
import type { PlaceM, UserPaths } from '../../datasets/deepmimo/user-paths.js';
import { invalid } from '../../datasets/problems.js';
import type { SweepSetting } from '../sweep-setting.js';
import { openPathSource, type PathSource } from './path-source.js';
import { type Sector, Sectors } from './sector.js';
import { Thinned } from './some-of.js';
import type { SweepSet } from './sweep-set.js';

/** Users of one base station of a data set. */
export interface NamedPaths {
  /** Folder of the data set, or of DeepMIMO. */
  readonly set: string;
  /** May be left out where there is one. */
  readonly base?: string | undefined;
  /** More are left out, here and there over all. */
  readonly users: number;
}

export interface PathsSweep {
  readonly sweeps: SweepSet;
  readonly base: string;
  /** Of the data set. */
  readonly contentHash: string;
  /** Of the base station, in the data set. */
  readonly numUsers: number;
  /** Of these, users that no path comes to; they are left out. */
  readonly numWithoutPath: number;
}

/** Symbols are at least so long: paths with longer delays are dropped (eq. 101). */
const LEAST_SYMBOL_S = 50e-6;
/** Carriers differ where their shares do by more. */
const CARRIER_TOLERANCE = 1e-6;
const USERS_AT_ONCE = 50;

/**
 * Reads the users of a base station, and sweeps for each the sector that looks its way.
 *
 * @throws what opening the data set throws; DATASET_INVALID for another carrier, a base station that is not there or nobody knows
 * where, and where no users are left; the signal's reason.
 */
export async function pathsSweep(
  setting: SweepSetting,
  named: NamedPaths,
  {
    signal,
    onProgress,
  }: { signal?: AbortSignal | undefined; onProgress?: ((done: number, of: number) => void) | undefined } = {},
): Promise<PathsSweep> {
  const source = await openPathSource(named.set);
  requireCarrier(source, setting, named.set);
  const { base, positionM } = baseOf(source, named);
  const thinned = new Thinned<UserPaths>(named.users);
  let [numRead, numUsers] = [0, 0];
  for await (const user of source.users(signal)) {
    if (numRead % 1000 === 0) {
      await setImmediate();
      signal?.throwIfAborted();
      onProgress?.(numRead, source.numRows);
    }
    numRead++;
    if (user.base !== base) continue;
    numUsers++;
    if (user.power.some((power) => power > 0)) thinned.add(user);
  }
  onProgress?.(numRead, source.numRows);
  const users = thinned.some();
  if (users.length === 0) {
    throw invalid(
      `Base station ${base} has ${numUsers === 0 ? 'no users' : `${numUsers} users, and no path comes to any of them`}`,
      named.set,
      'Give another base station',
    );
  }
  const sectors = new Sectors(setting, 0);
  const set = sectors.emptySet(users.length);
  const maker = channelsOf(setting, named.set);
  for (const [k, user] of users.entries()) {
    if (k % USERS_AT_ONCE === 0) {
      await setImmediate();
      signal?.throwIfAborted();
    }
    const [xM, yM] = [user.positionM[0] - positionM[0], user.positionM[1] - positionM[1]];
    sectors.write(set, k, [xM, yM], (sector) => maker(sector, user));
  }
  return {
    ...{ sweeps: set, base, contentHash: source.contentHash() },
    ...{ numUsers, numWithoutPath: numUsers - thinned.numSeen },
  };
}

/** Names of the base stations of a data set. */
export async function basesOf(folder: string): Promise<string[]> {
  return (await openPathSource(folder)).bases.map(({ base }) => base);
}

function requireCarrier({ carrierHz }: PathSource, setting: SweepSetting, folder: string): void {
  if (carrierHz === null || Math.abs(carrierHz / setting.carrierHz - 1) <= CARRIER_TOLERANCE) return;
  const text = formatQuantity(carrierHz, 'Hz');
  throw invalid(
    `The data set is for a carrier of ${text}, and the model for one of ${formatQuantity(setting.carrierHz, 'Hz')}`,
    folder,
    `Give the model array.carrier ${text}, or another data set`,
  );
}

function baseOf({ bases }: PathSource, { set, base }: NamedPaths): { base: string; positionM: PlaceM } {
  const names = bases.map((one) => one.base).join(', ');
  const found = base === undefined && bases.length === 1 ? bases[0] : bases.find((one) => one.base === base);
  if (found === undefined) {
    throw invalid(
      base === undefined
        ? `The data set has ${bases.length} base stations: ${names}`
        : `The data set has no base station ${base}; it has ${names}`,
      set,
      'Name one of them as base',
    );
  }
  if (found.positionM === null) {
    throw invalid(`Nobody says where base station ${found.base} is`, set, 'Give another base station');
  }
  return { base: found.base, positionM: found.positionM };
}

/** To each antenna of the receiver on each subcarrier in turn, of any sector and user. */
function channelsOf(setting: SweepSetting, folder: string) {
  const { bandwidthHz, numSubcarriers } = setting;
  // Of a band with many subcarriers some are looked at, as far apart as if there were no others.
  const apart = Math.ceil((LEAST_SYMBOL_S * bandwidthHz) / numSubcarriers);
  const makers = new Map<Sector, ChannelMaker>();
  const makerOf = (sector: Sector): ChannelMaker => {
    const known = makers.get(sector);
    if (known !== undefined) return known;
    const { elementXM, elementYM, elementZM, wavelengthM } = sector.array;
    const elements = Array.from(
      elementXM,
      (x, n) => [x / wavelengthM, elementYM[n]! / wavelengthM, elementZM[n]! / wavelengthM] as const,
    );
    const made = new ChannelMaker({
      ...{ elements, bandwidthHz, numSubcarriers: apart * numSubcarriers },
      subcarriers: Array.from({ length: numSubcarriers }, (_, k) => apart * k),
    });
    makers.set(sector, made);
    return made;
  };
  return (sector: Sector, user: UserPaths): ComplexVector[] =>
    sector.receiverM.flatMap((antennaM) => {
      const { re, im } = makerOf(sector).channel(asHeardAt(antennaM, user, sector.array.wavelengthM, folder));
      const { numElements } = sector.array;
      return Array.from({ length: numSubcarriers }, (_, k) => ({
        re: Float64Array.from({ length: numElements }, (_, n) => re[n * numSubcarriers + k]!),
        im: Float64Array.from({ length: numElements }, (_, n) => im[n * numSubcarriers + k]!),
      }));
    });
}

/** The same paths at an antenna beside the receiver's middle: earlier where it is nearer to where a path comes from. */
function asHeardAt(
  [xM, yM, zM]: Vector3,
  user: UserPaths,
  wavelengthM: number,
  folder: string,
): ChannelPaths {
  if (xM === 0 && yM === 0 && zM === 0) return user;
  const { arrivalAzimuthRad, arrivalElevationRad } = user;
  if (arrivalAzimuthRad === null || arrivalElevationRad === null) {
    throw new BeamloopError('DATASET_INVALID', {
      what: 'The data set does not say where paths arrive from, and the receiver has several antennas',
      where: folder,
      todo: 'Give the model receiver: { rows: 1, columns: 1 }',
    });
  }
  const phaseRad = user.phaseRad.map((phase, l) => {
    const [azimuth, elevation] = [arrivalAzimuthRad[l]!, arrivalElevationRad[l]!];
    const nearerM =
      Math.cos(elevation) * (Math.cos(azimuth) * xM + Math.sin(azimuth) * yM) + Math.sin(elevation) * zM;
    return phase + (2 * Math.PI * nearerM) / wavelengthM;
  });
  return { ...user, phaseRad };
}
