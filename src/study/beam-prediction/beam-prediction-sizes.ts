/** What a study of beam prediction keeps and computes. */
import { largest } from '../../core/extremes.js';
import { kept, keptTrainings, rows, type Size, sum } from '../common/study-sizes.js';
import { BASELINES, type BeamPredictionStudy } from './beam-prediction-file.js';
import { mostUsersOf, placesOf } from './beam-prediction-tasks.js';

export function beamPredictionSizes(study: BeamPredictionStudy): Size[] {
  const { beams, snr, networks, receiver, subcarriers, training } = study;
  const places = placesOf(study);
  const numNetworks = Object.keys(networks).length;
  const numPoints = beams.fine.length * snr.length * places.length;
  const numUsers = sum(places, ([, place]) => mostUsersOf(study, place));
  const numReceived = receiver.rows * receiver.columns * subcarriers;
  // In numbers of eight bytes; home parts are kept beside the whole.
  const ofUser =
    beams.coarse[0] * beams.coarse[1] * numReceived * 2 + largest(beams.fine.map(([a, b]) => a * b));
  return [
    rows(
      'beams × SNRs × places² × (networks + searches)',
      numPoints * places.length * (numNetworks + BASELINES.length),
    ),
    keptTrainings(
      'beams × SNRs × places × networks × steps × batch',
      numPoints * numNetworks * training.steps * training.batch,
    ),
    kept(
      'What users receive',
      'users × beams × antennas × subcarriers',
      numUsers * ofUser * beams.fine.length,
    ),
  ];
}
