/**
 * What is lost between the best beam that there could be and the one that a user is served with, step by step
 * (docs/model.md eq. 82). Each step is the difference of two neighbours, so the steps add up to the whole.
 */
import { Band } from '../array/band.js';
import type { LinearArray } from '../array/linear-array.js';
import { noiseVariance } from '../channel/channel.js';
import type { Path } from '../channel/paths.js';
import { DirectSum } from '../channel/wideband/direct-sum.js';
import { meanRate, perfectSignal } from '../channel/wideband/rate.js';
import { BeamReceiver } from '../channel/wideband/received.js';
import { beamOf, type ElementBeam, type SubcarrierSum } from '../channel/wideband/response.js';
import type { Codeword } from '../codebook/codeword.js';
import type { ComplexVector } from '../core/complex.js';

export const LOSS_STEPS = ['focusing', 'codebook', 'estimation', 'quantisation', 'hardware'] as const;
export type LossStep = (typeof LOSS_STEPS)[number];

/**
 * From a beam that is in phase for all paths at once: to the one that is focused on the user's true position, to the best of the
 * codebook, to the chosen one, to what the board's codes stand for, to what its errors leave. dB of received power, or per cent of the perfect rate; null where nobody knows. */
export type StepLosses = Readonly<Record<LossStep, number | null>>;

export interface LossAccount {
  /** Of the mean received power, dB. */
  readonly powerDb: StepLosses & { readonly total: number | null };
  /** Of the rate, per cent of the perfect one; null in narrowband runs and without noise. */
  readonly ratePercent: (StepLosses & { readonly total: number | null }) | null;
}

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
export function carrierOnly({ carrierHz }: LinearArray): SubcarrierSum {
  return new DirectSum(new Band({ carrierHz, bandwidthHz: carrierHz / 1e3, numSubcarriers: 1 }));
}

/** @param truth the user's channel. */
export function servingOf(
  array: LinearArray,
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

/** What was recorded of a user as an account. Rates are null in narrowband runs. */
export function accountOf(
  lossDb: StepLosses,
  rates: Record<
    'perfectRate' | 'focusedRate' | 'bestRate' | 'rate' | 'quantisedRate' | 'boardRate',
    number | null
  >,
): LossAccount {
  const { perfectRate, focusedRate, bestRate, rate, quantisedRate, boardRate } = rates;
  const ratePercent = (from: number | null, to: number | null) => {
    if (from === null || to === null || perfectRate === null) return null;
    const percent = (100 * (from - to)) / perfectRate;
    return Number.isFinite(percent) ? percent : null;
  };
  const steps: StepLosses = {
    focusing: ratePercent(perfectRate, focusedRate),
    codebook: ratePercent(focusedRate, bestRate),
    estimation: ratePercent(bestRate, rate),
    quantisation: ratePercent(rate, quantisedRate),
    hardware: lossDb.hardware === null ? null : ratePercent(quantisedRate, boardRate),
  };
  return {
    powerDb: withTotal(lossDb),
    ratePercent: LOSS_STEPS.every((step) => steps[step] === null) ? null : withTotal(steps),
  };
}

/** Means over users, which add up as the users' losses do; null where there are none. */
export function meanAccount(accounts: readonly LossAccount[]): LossAccount | null {
  if (accounts.length === 0) return null;
  const rates = accounts.flatMap(({ ratePercent }) => ratePercent ?? []);
  return {
    powerDb: meanSteps(accounts.map(({ powerDb }) => powerDb)),
    ratePercent: rates.length < accounts.length ? null : meanSteps(rates),
  };
}

function meanSteps(of: readonly StepLosses[]): LossAccount['powerDb'] {
  const mean = (step: LossStep) =>
    of.reduce<number | null>((sum, losses) => {
      const loss = losses[step];
      return sum === null || loss === null ? null : sum + loss / of.length;
    }, 0);
  return withTotal({
    focusing: mean('focusing'),
    codebook: mean('codebook'),
    estimation: mean('estimation'),
    quantisation: mean('quantisation'),
    hardware: mean('hardware'),
  });
}

/** The total is known where all steps are. */
function withTotal({
  focusing,
  codebook,
  estimation,
  quantisation,
  hardware,
}: StepLosses): LossAccount['powerDb'] {
  const steps = { focusing, codebook, estimation, quantisation, hardware };
  const known = Object.values(steps).filter((loss) => loss !== null);
  const total = known.length < LOSS_STEPS.length ? null : known.reduce((sum, loss) => sum + loss, 0);
  return { ...steps, total };
}
