/** Before a slot is spent: what a board is going to lose of its beams, by its codes and by its errors (docs/model.md eq. 82). */

import type { BeamLoss, BoardBeams, Radiate } from '../../calibration/board-beams.js';
import { polarPointM } from '../array/linear-array.js';
import type { Codeword } from '../codebook/codeword.js';
import { servingPlace } from '../codebook/serving.js';
import type { PilotBatch } from '../sounding/sounding.js';
import type { Preparation } from './plan.js';

/** Of so many beams an even choice is looked at. */
const MOST_BEAMS = 64;
/** Serving beams of schemes of the whole band: directions and distances of the sector, ends included. */
const NUM_DIRECTIONS = 5;
const NUM_DISTANCES = 3;

/** Of the mean received power where a beam focuses, dB. */
interface LossRange {
  readonly meanDb: number;
  readonly worstDb: number;
}

interface BeamsForecast {
  readonly numBeams: number;
  readonly quantisation: LossRange;
  /** By the errors that an emulated board has; null where nobody knows them. */
  readonly hardware: LossRange | null;
}

export interface LossForecast {
  /** Null for schemes that look at no single subcarrier: what they serve with are beams of the codebook that they search. */
  readonly pilots: BeamsForecast | null;
  /** Beams that users can come to be served with. */
  readonly serving: BeamsForecast;
}

/** @param radiate what the board radiates for element settings, its errors included; undefined where nobody knows. */
export function lossForecast(
  {
    array,
    codebook,
    band,
    scheme,
    wideband,
  }: Pick<Preparation, 'array' | 'codebook' | 'band' | 'scheme' | 'wideband'>,
  beams: BoardBeams,
  radiate: Radiate | undefined,
): LossForecast {
  const frequenciesHz = band?.frequenciesHz ?? Float64Array.of(array.carrierHz);
  const forecast = (codewords: readonly Codeword[]) =>
    rangesOf(
      beams.losses(
        evenChoice(codewords.length).map((k) => codewords[k]!),
        frequenciesHz,
        radiate,
      ),
    );
  if (scheme.band === null || wideband === null) {
    const columns = evenChoice(codebook.numCodewords);
    return { pilots: null, serving: forecast(columns.map((k) => codebook.codewordAt(k))) };
  }
  const { maxAngleRad, distanceM } = wideband.sector;
  const places = between(-maxAngleRad, maxAngleRad, NUM_DIRECTIONS).flatMap((angleRad) =>
    between(...distanceM, NUM_DISTANCES).map((rangeM) => polarPointM(rangeM, angleRad)),
  );
  return {
    pilots: forecast(scheme.start().next().value as PilotBatch),
    serving: forecast(places.map((placeM) => servingPlace(array, placeM))),
  };
}

function rangesOf(losses: readonly BeamLoss[]): BeamsForecast {
  const hardware = losses.flatMap(({ hardwareDb }) => hardwareDb ?? []);
  return {
    numBeams: losses.length,
    quantisation: rangeOf(losses.map(({ quantisationDb }) => quantisationDb)),
    hardware: hardware.length < losses.length ? null : rangeOf(hardware),
  };
}

function rangeOf(lossesDb: readonly number[]): LossRange {
  return {
    meanDb: lossesDb.reduce((sum, loss) => sum + loss / lossesDb.length, 0),
    worstDb: lossesDb.reduce((worst, loss) => Math.max(worst, loss), Number.NEGATIVE_INFINITY),
  };
}

function evenChoice(count: number): number[] {
  const chosen = Math.min(count, MOST_BEAMS);
  return Array.from({ length: chosen }, (_, k) => Math.floor(((k + 0.5) * count) / chosen));
}

function between(low: number, high: number, count: number): number[] {
  return Array.from({ length: count }, (_, k) => low + ((high - low) * k) / (count - 1));
}

/** Ready to print, a line each. */
export function forecastLines({ pilots, serving }: LossForecast): string[] {
  return [
    ...(pilots === null ? [] : [forecastLine('pilots', pilots)]),
    forecastLine('serving beams', serving),
  ];
}

function forecastLine(what: string, { numBeams, quantisation, hardware }: BeamsForecast): string {
  const errors =
    hardware === null
      ? "the board's own errors: not known"
      : `the board's errors ${decibels(hardware.meanDb)} (worst ${decibels(hardware.worstDb)})`;
  return `${what} (${numBeams}): quantisation ${decibels(quantisation.meanDb)} (worst ${decibels(quantisation.worstDb)}), ${errors}`;
}

/** Rounding can make a loss of nothing negative. */
function decibels(lossDb: number): string {
  const text = lossDb.toFixed(2);
  return `${text === '-0.00' ? '0.00' : text} dB`;
}
