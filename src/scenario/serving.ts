/** What serving users by their estimates is worth, and where what is missing was lost (docs/model.md eq. 79 and 81). */

import type { BoardBeams, Radiate } from '../../calibration/board-beams.js';
import type { AntennaArray } from '../array/antenna-array.js';
import { Band } from '../array/band.js';
import { noiseVariance } from '../channel/channel.js';
import type { Path } from '../channel/paths.js';
import { DirectSum } from '../channel/wideband/direct-sum.js';
import { meanRate, perfectSignal } from '../channel/wideband/rate.js';
import { BeamReceiver } from '../channel/wideband/received.js';
import { beamOf, type ElementBeam, type SubcarrierSum } from '../channel/wideband/response.js';
import type { Codeword } from '../codebook/codeword.js';
import { servingPlace } from '../codebook/serving.js';
import type { ComplexVector } from '../core/complex.js';
import type { StepLosses } from './loss-account.js';
import type { Preparation } from './plan.js';
import type { User } from './users.js';

/** Beams to serve a user with, each worse than the one before or at best as good. */
export interface ServingBeams {
  /** On the user's true position. */
  readonly focused: Codeword;
  /** The codebook's noise-free best codeword; the focused beam for schemes that are bound to no codebook. */
  readonly best: Codeword;
  /** By the estimate. */
  readonly chosen: Codeword;
  /** As the board's codes stand for it, what is known of the board's errors taken off. */
  readonly realised: Codeword;
  /** With the board's errors; null where nobody knows them. */
  readonly radiated: ElementBeam | null;
}

/** Of one user; rates in bit/s/Hz, means over the subcarriers. */
export interface Serving {
  readonly lossDb: StepLosses;
  readonly perfectRate: number;
  readonly focusedRate: number;
  readonly bestRate: number;
  /** With the chosen beam as it is. */
  readonly rate: number;
  readonly quantisedRate: number;
  /** With what the board makes of it, as far as anybody knows. */
  readonly boardRate: number;
}

/** For arrays whose users measure at the carrier only: a band of this one subcarrier. */
export function carrierOnly({ carrierHz }: AntennaArray): SubcarrierSum {
  return new DirectSum(new Band({ carrierHz, bandwidthHz: carrierHz / 1e3, numSubcarriers: 1 }));
}

/** Share of the perfect rate that is missing, per cent; null without noise, where all rates are infinite. */
export function lossPercent(rate: number, perfectRate: number): number | null {
  const percent = 100 * (1 - rate / perfectRate);
  return Number.isFinite(percent) ? percent : null;
}

/** @param truth the user's channel. */
export function servingOf(
  array: AntennaArray,
  sum: SubcarrierSum,
  { paths, snrDb }: { readonly paths: readonly Path[]; readonly snrDb: number },
  { focused, best, chosen, realised, radiated }: ServingBeams,
): Serving {
  const receiver = new BeamReceiver(sum, array, paths);
  const noise = noiseVariance(snrDb);
  const served = (signal: Readonly<ComplexVector>) => ({
    powerDb: meanPowerDb(signal),
    rate: meanRate(signal, noise),
  });
  const perfect = served(perfectSignal(array, paths, sum.band));
  const atUser = served(receiver.receive(beamOf(focused)));
  const atBest = served(receiver.receive(beamOf(best)));
  const atChosen = served(receiver.receive(beamOf(chosen)));
  const quantised = served(receiver.receive(beamOf(realised)));
  const board = radiated === null ? null : served(receiver.receive(radiated));
  return {
    lossDb: {
      focusing: perfect.powerDb - atUser.powerDb,
      codebook: atUser.powerDb - atBest.powerDb,
      estimation: atBest.powerDb - atChosen.powerDb,
      quantisation: atChosen.powerDb - quantised.powerDb,
      hardware: board === null ? null : quantised.powerDb - board.powerDb,
    },
    perfectRate: perfect.rate,
    focusedRate: atUser.rate,
    bestRate: atBest.rate,
    rate: atChosen.rate,
    quantisedRate: quantised.rate,
    boardRate: (board ?? quantised).rate,
  };
}

function meanPowerDb({ re, im }: Readonly<ComplexVector>): number {
  let sum = 0;
  for (let m = 0; m < re.length; m++) sum += re[m]! ** 2 + im[m]! ** 2;
  return 10 * Math.log10(sum / re.length);
}

/** The users of a scenario as a board serves them. */
export class ServedUsers {
  readonly #preparation: Pick<Preparation, 'array' | 'best'>;
  readonly #beams: BoardBeams;
  readonly #radiate: Radiate | undefined;
  readonly #sum: SubcarrierSum;

  /**
   * @param radiate what the board radiates for element settings, its errors included; undefined where nobody knows.
   * @param sum of what users measure: the subcarriers of the band, or the carrier alone.
   */
  constructor(
    preparation: Pick<Preparation, 'array' | 'best'>,
    beams: BoardBeams,
    radiate: Radiate | undefined,
    sum: SubcarrierSum,
  ) {
    this.#preparation = preparation;
    this.#beams = beams;
    this.#radiate = radiate;
    this.#sum = sum;
  }

  /**
   * @param truth the channel of the user whose turn it is.
   * @param chosen by the estimate.
   * @param bestThere the noise-free best codeword there; that of the user where it begins unless given.
   */
  servingOf(
    truth: NonNullable<User['truth']>,
    turn: number,
    chosen: Codeword,
    bestThere?: Codeword | null,
  ): Serving {
    const { array, best } = this.#preparation;
    const beam = bestThere === undefined ? (best()[turn]?.codeword ?? null) : bestThere;
    const focused = servingPlace(array, truth.positionM);
    return servingOf(array, this.#sum, truth, {
      focused,
      best: beam ?? focused,
      chosen,
      realised: this.#beams.realise(chosen),
      radiated: this.#radiate?.(this.#beams.quantise(chosen).settings) ?? null,
    });
  }

  /** What is known of a user's losses where nobody knows its channel: those where the beam focuses. */
  lossesPredicted(chosen: Codeword): StepLosses {
    const { frequenciesHz } = this.#sum.band;
    const [predicted] = this.#beams.losses([chosen], frequenciesHz, this.#radiate);
    const { quantisationDb, hardwareDb } = predicted!;
    return {
      focusing: null,
      codebook: null,
      estimation: null,
      quantisation: quantisationDb,
      hardware: hardwareDb,
    };
  }
}
