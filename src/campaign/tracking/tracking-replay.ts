/**
 * What another tracker would have foretold from the powers and sensor readings of a recording. The same tracker foretells the same.
 * Beams that it would have sent and the run did not are said to be so: nobody knows what they would have brought.
 */
import type { PointM } from '../../array/linear-array.js';
import { BeamloopError } from '../../core/errors.js';
import type { Recording } from '../../record/recording.js';
import type { Row } from '../../record/schema.js';
import { prepare } from '../../scenario/plan.js';
import type { ScenarioFile } from '../../scenario/scenario.js';
import { buildTracker } from '../../scenario/trackers.js';
import { trackingCodebook } from '../../scenario/tracking-plan.js';
import type { Prediction } from '../../tracking/tracker.js';
import type { TrackerChoice } from '../../tracking/tracker-definition.js';
import { EpochTruth } from './epoch-truth.js';
import { columnOfKey, readRecordedEpochs } from './recorded-epochs.js';

interface ReplayedPrediction {
  readonly epoch: number;
  readonly ue: string;
  /** The tracker's first choice; null where it says nothing. */
  readonly codewordKey: string | null;
  readonly probability: number | null;
  /** That of the run's own tracker. */
  readonly recordedKey: string | null;
  readonly same: boolean;
  /** Whether the run sent this beam to the user in this epoch, and what it brought. */
  readonly sent: boolean;
  readonly power: number | null;
  /** Against the best codeword of the moment; null where nobody knows the truth. */
  readonly gain: number | null;
}

export interface ReplayedTrack {
  readonly ue: string;
  /** In which the tracker foretold something. */
  readonly epochs: number;
  readonly same: number;
  /** Of them, how often its first choice was sent. */
  readonly sent: number;
  readonly meanGain: number | null;
}

export interface TrackerReplay {
  readonly tracker: TrackerChoice;
  readonly users: readonly ReplayedTrack[];
  readonly predictions: readonly ReplayedPrediction[];
}

/** @throws BAD_ARGUMENT for a recording of a run that did not track, and what building the tracker throws. */
export async function replayTracker(
  recording: Recording,
  { scenario }: ScenarioFile,
  choice: TrackerChoice,
): Promise<TrackerReplay> {
  const { tracking, seed } = scenario;
  if (tracking === undefined) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: 'The run did not track its users, so there is nothing to replay a tracker on',
      where: recording.folder,
      todo: 'Leave --tracker out, or name the recording of a scenario with a section tracking',
    });
  }
  const codebook = trackingCodebook(scenario, tracking);
  const { users } = prepare(scenario);
  const ids = users.map(({ id }) => id);
  if (tracking.camera !== undefined && choice.name === 'camera') throw noPictures(recording.folder);
  const setting = { codebook, numUsers: users.length, epochS: tracking.epoch, seed };
  const tracker = await buildTracker(choice, setting);
  const truth = new EpochTruth(codebook);
  const keyOf = (column: number) => codebook.codeword(codebook.indexOf(column)).key;
  const predictions: ReplayedPrediction[] = [];
  const epochs = await readRecordedEpochs(recording, codebook, ids);
  const places = await recordedPlaces(recording);
  for (const { epoch, beginsAtS, rows, recorded, heard } of epochs) {
    for (const [k, { foundKey, foundXM, foundYM }] of rows.entries()) {
      if (foundKey === null || foundXM === null || foundYM === null) continue;
      const column = columnOfKey(codebook, foundKey);
      tracker.found(k, { column, positionM: [foundXM, foundYM] }, beginsAtS);
    }
    for (const [k, prediction] of tracker.predict(beginsAtS).entries()) {
      const first = prediction?.[0] ?? null;
      const sent = heard[k]!.pilots.filter(
        ({ column, purpose }) => purpose !== 'interference' && column === first?.column,
      );
      predictions.push({
        epoch,
        ue: ids[k]!,
        codewordKey: first && keyOf(first.column),
        probability: first?.probability ?? null,
        recordedKey: recorded[k]?.codewordKey ?? null,
        same: isSame(prediction, recorded[k], keyOf),
        sent: sent.length > 0,
        power: sent.find(({ power }) => power !== null)?.power ?? null,
        gain:
          first === null || rows[k]!.bestKey === null
            ? null
            : truth.gain(
                users[k]!,
                beginsAtS,
                first.column,
                columnOfKey(codebook, rows[k]!.bestKey),
                places.get(`${ids[k]} ${beginsAtS}`) ?? null,
              ),
      });
    }
    tracker.observe(heard, beginsAtS);
  }
  return { tracker: choice, users: ids.map((ue) => trackOf(ue, predictions)), predictions };
}

/** The recording knows when frames were shown, and of which files, but not what was in them. */
function noPictures(folder: string): BeamloopError {
  return new BeamloopError('BAD_ARGUMENT', {
    what: 'The recording holds no pictures, so nobody knows what the tracker camera would have seen',
    where: folder,
    todo: 'Replay another tracker on it, or run the scenario again',
  });
}

/** Where moving users truly were. */
async function recordedPlaces(recording: Recording): Promise<ReadonlyMap<string, PointM>> {
  const rows = await recording.rows('positions');
  return new Map(rows.map(({ ue, boardTimeS, xM, yM }) => [`${ue} ${boardTimeS}`, [xM, yM]]));
}

function trackOf(ue: string, all: readonly ReplayedPrediction[]): ReplayedTrack {
  const ofUser = all.filter((each) => each.ue === ue && each.codewordKey !== null);
  const gains = ofUser.flatMap(({ gain }) => gain ?? []);
  return {
    ue,
    epochs: ofUser.length,
    same: ofUser.filter(({ same }) => same).length,
    sent: ofUser.filter(({ sent }) => sent).length,
    meanGain: gains.length === 0 ? null : gains.reduce((sum, gain) => sum + gain / gains.length, 0),
  };
}

function isSame(
  prediction: Prediction,
  recorded: Row<'predictions'> | undefined,
  keyOf: (column: number) => string,
): boolean {
  if (prediction === null || recorded === undefined) return prediction === null && recorded === undefined;
  const [first] = prediction;
  return keyOf(first!.column) === recorded.codewordKey && first!.probability === recorded.probability;
}
