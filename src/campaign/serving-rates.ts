/** What serving a user by its estimate is worth, where its true channel is known. */
import type { LinearArray } from '../array/linear-array.js';
import { noiseVariance } from '../channel/channel.js';
import { meanRate, perfectSignal } from '../channel/wideband/rate.js';
import { BeamReceiver } from '../channel/wideband/received.js';
import { beamOf, type ElementBeam, type SubcarrierSum } from '../channel/wideband/response.js';
import type { Codeword } from '../codebook/codeword.js';
import type { User } from './users.js';

/** bit/s/Hz, means over the subcarriers. */
export interface ServingRates {
  /** With the serving codeword as it is. */
  readonly rate: number;
  /** With what the board makes of it, errors that nobody has told it of included. */
  readonly boardRate: number;
  /** With the channel known perfectly. */
  readonly perfectRate: number;
}

/** Share of the perfect rate that is missing, per cent; null without noise, where all rates are infinite. */
export function lossPercent(rate: number, perfectRate: number): number | null {
  const percent = 100 * (1 - rate / perfectRate);
  return Number.isFinite(percent) ? percent : null;
}

/**
 * @param radiated what the board radiates when it is told to send the codeword.
 * @returns null where nobody knows the user's channel.
 */
export function servingRates(
  array: LinearArray,
  sum: SubcarrierSum,
  { truth }: Pick<User, 'truth'>,
  codeword: Codeword,
  radiated: ElementBeam,
): ServingRates | null {
  if (truth === null) return null;
  const receiver = new BeamReceiver(sum, array, truth.paths);
  const noise = noiseVariance(truth.snrDb);
  const rateOf = (beam: ElementBeam) => meanRate(receiver.receive(beam), noise);
  return {
    rate: rateOf(beamOf(codeword)),
    boardRate: rateOf(radiated),
    perfectRate: meanRate(perfectSignal(array, truth.paths, sum.band), noise),
  };
}
