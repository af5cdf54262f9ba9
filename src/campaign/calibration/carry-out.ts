/** A calibration on a testbed, into a recording: what each UE hears, the table that comes of it, and its proof. */

import type { CalibrationTable } from '../../../calibration/calibration-table.js';
import { calibrationBound, closedFormBoundRad } from '../../../calibration/procedures/calibration-bound.js';
import { type CalibrationResult, resultOf } from '../../../calibration/procedures/calibration-result.js';
import { idealPhaseRad } from '../../../calibration/procedures/calibration-setup.js';
import type { DriftCheck } from '../../../calibration/procedures/drift-check.js';
import type { ElementResponses } from '../../../calibration/procedures/element-responses.js';
import { errorsFromPositions } from '../../../calibration/procedures/many-positions.js';
import { metres, seenFromOnePosition } from '../../../calibration/procedures/one-position.js';
import { tableOfResult } from '../../../calibration/table/table-of-result.js';
import { calibrationTableText } from '../../../calibration/table/write-table.js';
import type { PlaceM } from '../../array/antenna-array.js';
import { smallest } from '../../core/extremes.js';
import { wrappedRad } from '../../core/turns.js';
import type { CampaignParts } from '../campaign-parts.js';
import { recordStatistics, recordUsers } from '../campaign-rows.js';
import { openSounder } from '../open-sounder.js';
import { boardTemperatureC } from './board-temperature.js';
import { type HeardByUe, hearArray, sound } from './calibrate-array.js';
import type { CalibrationOutcome } from './calibration-outcome.js';
import { type CalibrationSettings, heardAtCarrier } from './calibration-settings.js';
import { focusPattern } from './focus-pattern.js';
import { type FocusProof, focused, focusProof } from './focus-proof.js';
import { OUTCOME } from './recorded-calibration.js';
import { tableCheck } from './table-check.js';
import { delayResidualS, phaseResidual, trueElements } from './true-elements.js';

/** Elements up to which the bound is computed of the very pilots; of more the closed form stands, which is within a few per cent of it. */
const MOST_FOR_JOINT_BOUND = 128;
const MOST_FOR_ONE_PASS_RAD = (45 * Math.PI) / 180;

/** @throws what `hearArray` throws. */
export async function carryOutCalibration(
  parts: CampaignParts,
  settings: CalibrationSettings,
): Promise<CalibrationOutcome> {
  const { recording, testbed, preparation, clock, signal } = parts;
  const { description } = testbed.board;
  if ((await recording.runValue('board')) === undefined) {
    recording.append('run', { key: 'board', value: description });
  }
  await recordUsers(recording, preparation);
  // Pilots are codes of the board: what is known beforehand goes into them, and is not taken off once more.
  const sounder = await openSounder(preparation, testbed, recording, { clock, signal });
  try {
    const temperatureC = await boardTemperatureC(testbed.board, signal);
    const heard = await hearArray(parts, sounder, settings);
    const { result, warnings: ofPlaces } = foundBy(parts, heard);
    const warnings = [...ofPlaces, ...largeErrors(settings, result)];
    const measured = tableOfResult(description.serialNumber, result, {
      ...measuredOf(parts, settings, heard, temperatureC),
      date: new Date().toISOString(),
      ...(warnings.length > 0 && { notes: [...warnings] }),
    });
    const table = { ...measured, ...beyondPhases(parts, heard, result.phaseErrorRad) };
    const band = { array: preparation.array, frequenciesHz: preparation.band?.frequenciesHz ?? null };
    const { ue, placeM } = heard[0]!;
    const proof = await sound(sounder, {
      ...{ ue, name: `proof by ${ue}` },
      sounding: heardAtCarrier(
        focusProof({
          ...{ array: preparation.array, board: description, table, placeM },
          responses: result.responses.response,
        }),
        band,
      ),
    });
    const check = await sound(sounder, {
      ...{ ue, name: `check by ${ue}` },
      sounding: tableCheck(table, { ...band, board: description, placeM }),
    });
    const outcome = outcomeOf(parts, { settings, heard, result, table, proof, check, warnings });
    if ((await recording.runValue(OUTCOME)) === undefined) {
      recording.append('run', { key: OUTCOME, value: outcome });
    }
    recording.event('finished');
    return outcome;
  } catch (error) {
    recording.event('stopped', { what: error instanceof Error ? error.message : String(error) });
    throw error;
  } finally {
    sounder.close();
    recordStatistics(parts, sounder);
    await recording.durable();
  }
}

/** What a table says beyond phases; of several UEs the first one's, for only phases depend on where it is. */
function beyondPhases(
  { preparation }: CampaignParts,
  heard: readonly HeardByUe[],
  phaseErrorRad: Float64Array,
): Partial<CalibrationTable> {
  const { more } = heard[0]!.heard;
  const { delayErrorS } = more;
  if (heard.length === 1 || !delayErrorS) return more;
  // A table has its phases with the delays off as well.
  const { carrierHz } = preparation.array;
  return {
    ...more,
    phaseErrorRad: phaseErrorRad.map((rad, n) =>
      wrappedRad(rad / (2 * Math.PI) + carrierHz * delayErrorS[n]!),
    ),
  };
}

/** Of a first pass, the reference is as weak as the errors are large. */
function largeErrors(
  { procedure, passes }: CalibrationSettings,
  { phaseErrorRad, elements }: CalibrationResult,
) {
  const foundRad = rmsOf(phaseErrorRad, elements.follows);
  if (passes > 1 || procedure === 'rev' || foundRad < MOST_FOR_ONE_PASS_RAD) return [];
  return [
    `Phases are off by ${((foundRad * 180) / Math.PI).toFixed(0)} degrees rms, more than one pass is good for: take --passes 2, or calibrate again with this table as --calibration`,
  ];
}

function rmsOf(values: Float64Array, follows: Uint8Array): number {
  const counted = values.filter((_, n) => follows[n] === 1);
  return Math.sqrt(counted.reduce((sum, x) => sum + x * x, 0) / Math.max(1, counted.length));
}

interface Found {
  readonly result: CalibrationResult & { readonly responses: ElementResponses };
  readonly warnings: readonly string[];
}

/** What the UEs say together: from one position geometry stays in the errors, and that is said. */
function foundBy({ preparation, testbed }: CampaignParts, heard: readonly HeardByUe[]): Found {
  const { array } = preparation;
  const first = heard[0]!;
  if (heard.length === 1) {
    const { phaseErrorRad, elements } = first.heard.result;
    const seen = seenFromOnePosition(array, first.placeM, phaseErrorRad, elements.follows);
    return { result: first.heard.result, warnings: [seen.note] };
  }
  const together = errorsFromPositions(
    array,
    heard.map(({ placeM, heard: { result } }) => ({ placeM, responses: result.responses })),
  );
  const setup = { array, board: testbed.board.description, placeM: first.placeM };
  const result = {
    // Their powers are in units of their own; their SNRs are told by each.
    ...resultOf(together.responses, idealPhaseRad(setup), {
      ...{ powerVariance: 0, meanPower: 1 },
      numSlots: slotsOf(heard),
    }),
    snrDb: smallest(heard.map(({ heard: { result } }) => result.snrDb)),
  };
  const displaced = together.positions.flatMap(({ believed, acrossM, awayM }, p) =>
    believed
      ? []
      : [
          `UE ${heard[p]!.ue} is not where it is said to be: it is ${metres(acrossM)} aside and ${metres(Math.abs(awayM))} ${awayM < 0 ? 'nearer' : 'farther'}`,
        ],
  );
  const misfit = together.fits
    ? []
    : [
        `The positions disagree ${together.misfit.toFixed(1)} times as much as noise explains: something moved, or the room is not what it was`,
      ];
  return {
    result: { ...result, responses: together.responses },
    warnings: [...displaced, ...misfit, together.note],
  };
}

function measuredOf(
  { preparation, testbed }: CampaignParts,
  settings: CalibrationSettings,
  heard: readonly HeardByUe[],
  temperatureC: number | null,
) {
  const { array, band } = preparation;
  return {
    firmware: testbed.board.description.firmware,
    carrier: array.carrierHz,
    ...(band !== null && { bandwidth: band.bandwidthHz }),
    ...(temperatureC !== null && { temperatureC }),
    slots: slotsOf(heard),
    procedure: settings.procedure,
    settings: { passes: settings.passes, ues: settings.ues.join(' ') },
    positions: heard.map(({ placeM }) => coordinates(placeM)),
  };
}

interface Proved extends Found {
  readonly settings: CalibrationSettings;
  readonly heard: readonly HeardByUe[];
  readonly table: CalibrationTable;
  readonly proof: FocusProof;
  readonly check: DriftCheck;
}

function outcomeOf(
  { recording, testbed, preparation }: CampaignParts,
  { settings, heard, result, table, proof, check, warnings }: Proved,
): CalibrationOutcome {
  const { description } = testbed.board;
  const { follows } = result.elements;
  const { radiate } = testbed;
  const truth =
    radiate === undefined ? null : trueElements(description, preparation.array.carrierHz, radiate);
  const intervals = result.phaseIntervalRad.map((rad, n) => (follows[n] === 1 ? rad : 0));
  const widestElement = intervals.reduce((a, rad, n) => (rad > intervals[a]! ? n : a), 0);
  return {
    folder: recording.folder,
    table: calibrationTableText(table),
    procedure: settings.procedure,
    numElements: description.numElements,
    numSlots: slotsOf(heard) + proof.numSlots + check.numSlots,
    ues: heard.map(
      ({
        ue,
        placeM,
        heard: {
          result: { snrDb },
          numSlots,
        },
      }) => ({
        ...{ ue, snrDb, numSlots },
        placeM: coordinates(placeM),
      }),
    ),
    expectedErrorRad: result.expectedErrorRad,
    ...{ widestRad: intervals[widestElement]!, widestElement },
    boundRad: boundOf(heard, preparation.array.numElements, description.phaseBits),
    foundErrorRad: rmsOf(result.phaseErrorRad, follows),
    ...{ before: proof.before, after: proof.after, check, warnings },
    ...{ dead: table.dead, stuck: table.stuck },
    pattern: focusPattern({
      ...{ array: preparation.array, placeM: heard[0]!.placeM },
      before: focused(preparation.array, description, heard[0]!.placeM, null),
      after: focused(preparation.array, description, heard[0]!.placeM, table),
      ...{ phaseErrorRad: result.phaseErrorRad, gain: result.gain },
    }),
    truth: truth && {
      ...phaseResidual(result.phaseErrorRad, truth, (n) => follows[n] === 1),
      delayRmsS: table.delayErrorS && delayResidualS(table.delayErrorS, truth),
    },
  };
}

/** Of all UEs together: what each tells adds up. */
function boundOf(heard: readonly HeardByUe[], numElements: number, phaseBits: number): number {
  const information = heard.reduce((sum, { heard: { result } }) => {
    const { responses, codes, snrDb, numSlots } = result;
    if (numElements > MOST_FOR_JOINT_BOUND)
      return sum + closedFormBoundRad(numElements, numSlots, snrDb) ** -2;
    const norm = responses.response.re.reduce((a, x, n) => a + x * x + responses.response.im[n]! ** 2, 0);
    const { phaseErrorRad } = calibrationBound(
      responses.response,
      codes,
      phaseBits,
      norm / 10 ** (snrDb / 10),
      result.elements.follows,
    );
    return sum + phaseErrorRad ** -2;
  }, 0);
  return 1 / Math.sqrt(information);
}

function slotsOf(heard: readonly HeardByUe[]): number {
  return heard.reduce((sum, { heard: { numSlots } }) => sum + numSlots, 0);
}

function coordinates([xM, yM, zM]: PlaceM): number[] {
  return zM === undefined ? [xM, yM] : [xM, yM, zM];
}
