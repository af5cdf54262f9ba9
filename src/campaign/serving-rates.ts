/** What serving a user by its estimate is worth, where its true channel is known. */
import type { LinearArray } from '../array/linear-array.js';
import { noiseVariance } from '../channel/channel.js';
import { meanRate, perfectSignal } from '../channel/wideband/rate.js';
import { BeamReceiver } from '../channel/wideband/received.js';
import { beamOf, type SubcarrierSum } from '../channel/wideband/response.js';
import type { Codeword } from '../codebook/codeword.js';
import type { User } from './users.js';

/** bit/s/Hz, means over the subcarriers. */
export interface ServingRates {
  /** With the serving codeword as it is. */
  readonly rate: number;
  /** With what the board makes of it. */
  readonly boardRate: number;
  /** With the channel known perfectly. */
  readonly perfectRate: number;
}

/**
 * @param realise what the board radiates when it is told to send a codeword.
 * @returns null where nobody knows the user's channel.
 */
export function servingRates(
  array: LinearArray,
  sum: SubcarrierSum,
  { truth }: User,
  codeword: Codeword,
  realise: (codeword: Codeword) => Codeword,
): ServingRates | null {
  if (truth === null) return null;
  const receiver = new BeamReceiver(sum, array, truth.paths);
  const noise = noiseVariance(truth.snrDb);
  const rateOf = (sent: Codeword) => meanRate(receiver.receive(beamOf(sent)), noise);
  return {
    rate: rateOf(codeword),
    boardRate: rateOf(realise(codeword)),
    perfectRate: meanRate(perfectSignal(array, truth.paths, sum.band), noise),
  };
}
