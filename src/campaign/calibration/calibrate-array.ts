/** Measures the errors of an array over the air, UE after UE, and proves the table that comes of it. */
import { carrierErrorRad, requireCalibrationOf } from '../../../calibration/calibration-table.js';
import type { PlaceM } from '../../array/antenna-array.js';
import { BeamloopError } from '../../core/errors.js';
import type { User } from '../../scenario/users.js';
import { requireSubcarriers } from '../../scenario/wideband.js';
import type { Sounder } from '../../slots/sounder.js';
import type { Powers } from '../../sounding/powers.js';
import type { Sounding } from '../../sounding/sounding.js';
import type { CampaignParts } from '../campaign-parts.js';
import {
  type CalibrationSettings,
  needsOf,
  type ProcedureResult,
  soundingOf,
} from './calibration-settings.js';

/** What one UE heard of the array. */
export interface HeardByUe {
  readonly ue: string;
  readonly placeM: PlaceM;
  readonly heard: ProcedureResult;
}

/**
 * Runs the procedure for each UE in turn.
 * @throws NO_EVIDENCE, BOARD_MISMATCH; UE_ABSENT, UE_SILENT, UE_MISMATCH; a board's error; the signal's reason.
 */
export async function hearArray(
  parts: CampaignParts,
  sounder: Sounder,
  settings: CalibrationSettings,
): Promise<HeardByUe[]> {
  const { preparation, testbed, calibration } = parts;
  const heard: HeardByUe[] = [];
  const { description } = testbed.board;
  if (calibration !== null) requireCalibrationOf(description, calibration);
  const { carrierHz } = preparation.array;
  for (const [turn, ue] of settings.ues.entries()) {
    const { positionM } = placedUser(preparation.users, ue);
    const fullScalePower = await fullScaleOf(parts, ue);
    const setup = {
      array: preparation.array,
      board: description,
      placeM: positionM,
      knownErrorRad:
        heard.at(-1)?.heard.result.phaseErrorRad ?? (calibration && carrierErrorRad(calibration, carrierHz)),
      fullScalePower,
      frequenciesHz: preparation.band?.frequenciesHz ?? null,
    };
    const mostPilots = needsOf(settings, setup.board, 0).numSlots;
    const own = await sound(sounder, {
      ...{ ue, name: `calibration of ${ue}`, sounding: soundingOf(settings, setup) },
      onPilots: (numPilots) => parts.progress.batch(ue, turn, settings.ues.length, numPilots, mostPilots),
    });
    heard.push({ ue, placeM: positionM, heard: own });
  }
  return heard;
}

/** A sounding that one UE hears, and how far it is. */
export interface HeardSounding<Result> {
  readonly ue: string;
  readonly name: string;
  readonly sounding: Sounding<Result>;
  readonly onPilots?: (numPilots: number) => void;
}

export function sound<Result>(
  sounder: Sounder,
  { ue, name, sounding, onPilots }: HeardSounding<Result>,
): Promise<Result> {
  let numPilots = 0;
  onPilots?.(0);
  return sounder.run({
    ...{ name, ues: [ue], sounding: heardByOne(sounding) },
    onBatch: (ofBatch) => {
      numPilots += ofBatch;
      onPilots?.(numPilots);
    },
  });
}

function* heardByOne<Result>(sounding: Sounding<Result>): Sounding<Result, readonly Powers[]> {
  let step = sounding.next();
  while (!step.done) step = sounding.next((yield step.value)[0]!);
  return step.value;
}

/** @throws BAD_ARGUMENT for a UE that the scenario does not have, or does not say the place of. */
export function placedUser(users: readonly User[], ue: string): User & { readonly positionM: PlaceM } {
  const user = users.find(({ id }) => id === ue);
  if (user === undefined) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `The scenario has no UE '${ue}'`,
      where: 'ue',
      todo: `Choose from ${users.map(({ id }) => id).join(', ')}`,
    });
  }
  const { positionM, motion } = user;
  if (positionM === null || motion !== null) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what:
        positionM === null
          ? `The scenario does not say where UE '${ue}' is, and its place is what phases are reckoned from`
          : `UE '${ue}' moves; an array is calibrated from a place that stays`,
      where: 'ue',
      todo:
        positionM === null
          ? 'Measure where it is, and give it a position'
          : 'Give it a position in place of a motion',
    });
  }
  return { ...user, positionM };
}

/** Waits for the UE. Throws UE_ABSENT, UE_MISMATCH; the signal's reason. */
export async function fullScaleOf(
  { preparation, testbed, signal, progress }: CampaignParts,
  ue: string,
): Promise<number | null> {
  const { bridge } = testbed;
  if (!bridge.statistics(ue).some(({ connected }) => connected)) progress.waiting(ue, bridge.url);
  const description = await bridge.waitForUe(ue, preparation.scenario.bridge.ueTimeout, signal);
  if (preparation.band !== null) requireSubcarriers(description, preparation.band);
  return description.fullScale ?? null;
}
