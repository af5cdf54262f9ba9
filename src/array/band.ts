/** The subcarriers of a wideband signal (docs/model.md eq. 4). */
import { BANDWIDTH, CARRIER, requireWithin } from '../core/bounds.js';
import { BeamloopError } from '../core/errors.js';

export interface BandOptions {
  readonly carrierHz: number;
  readonly bandwidthHz: number;
  readonly numSubcarriers: number;
}

export class Band {
  readonly carrierHz: number;
  readonly bandwidthHz: number;
  readonly numSubcarriers: number;
  /** Distance between neighbouring subcarriers, Hz: bandwidth over their number. */
  readonly spacingHz: number;
  /** f_m = f_c + (B/M)(m - (M-1)/2), Hz, shape [numSubcarriers], ascending. */
  readonly frequenciesHz: Float64Array;

  /** @throws BAD_ARGUMENT unless the bandwidth is from 1 kHz to below 2 carriers and there are 1 to 65535 subcarriers. */
  constructor({ carrierHz, bandwidthHz, numSubcarriers }: BandOptions) {
    if (!Number.isInteger(numSubcarriers) || numSubcarriers < 1 || numSubcarriers > 65_535) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what: `A band cannot have ${numSubcarriers} subcarriers`,
        todo: 'Give a whole number from 1 to 65535',
      });
    }
    requireWithin('carrierHz', carrierHz, CARRIER);
    requireWithin('bandwidthHz', bandwidthHz, BANDWIDTH);
    if (bandwidthHz >= 2 * carrierHz) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what: `The bandwidth is ${bandwidthHz} Hz and the carrier ${carrierHz} Hz`,
        todo: 'Give a bandwidth below twice the carrier',
      });
    }
    this.carrierHz = carrierHz;
    this.bandwidthHz = bandwidthHz;
    this.numSubcarriers = numSubcarriers;
    this.spacingHz = bandwidthHz / numSubcarriers;
    this.frequenciesHz = Float64Array.from(
      { length: numSubcarriers },
      (_, m) => carrierHz + this.spacingHz * (m - (numSubcarriers - 1) / 2),
    );
  }

  /** q_m = f_c / f_m. */
  ratio(subcarrier: number): number {
    return this.carrierHz / this.frequenciesHz[subcarrier]!;
  }

  /** The subcarrier nearest to the carrier; of two the upper one. What a narrowband measurement takes. */
  get middle(): number {
    return Math.floor(this.numSubcarriers / 2);
  }
}
