/** Rows of a recording as they are told to whoever watches. */
import type { PointM } from '../array/antenna-array.js';
import { interruptionSentence } from '../campaign/interruptions.js';
import type { Row } from '../record/schema.js';
import type { LiveEpoch, LiveEstimate, LiveEvent } from './messages.js';
import { decibels } from './power-rows.js';

export function liveEvent({ wallTime, kind, detail }: Row<'events'>): LiveEvent {
  return {
    type: 'event',
    wallTimeMs: wallTime.getTime(),
    kind,
    detail,
    text: interruptionSentence(kind, detail),
  };
}

export function liveEstimate(row: Row<'estimates'>): LiveEstimate {
  const { ue, epoch, codewordKey, angleRad, elevationRad, distanceM, numPilots, rate } = row;
  return {
    type: 'estimate',
    ...{ ue, epoch, codewordKey, angleRad, elevationRad, numPilots, rate },
    distanceM: Number.isFinite(distanceM) ? distanceM : null,
  };
}

/** @param focusOf where a tracker's codeword is focused, by its key. */
export function liveEpoch(
  { ue, epoch, boardTimeS, state, servedKey, power, gain }: Row<'epochs'>,
  focusOf: (key: string) => PointM | null,
): LiveEpoch {
  return {
    type: 'epoch',
    ...{ ue, epoch, boardTimeS, state, servedKey },
    powerDb: power === null ? null : decibels(power),
    gainDb: gain === null ? null : decibels(gain),
    placeM: servedKey === null ? null : focusOf(servedKey),
  };
}
