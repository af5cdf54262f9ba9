/** Trackers that see. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { evenAngleSines } from '../../codebook/angular.js';
import type { PolarCodebook } from '../../codebook/polar.js';
import { BeamloopError } from '../../core/errors.js';
import { PACKAGE_FOLDER } from '../../core/package-folder.js';
import { formatQuantity } from '../../core/units.js';
import type { TrackerSetting } from '../../tracking/tracker.js';
import { type TrackerDefinition, trackerDefinition } from '../../tracking/tracker-definition.js';
import { modelFolder } from '../model/shipped-model.js';
import { CameraTracker } from './camera-tracker.js';
import { INTERVAL_TOLERANCE } from './model-file.js';
import { readCameraModel, type TrainedCamera } from './model-folder.js';

const SHIPPED = 'models/camera';
const folder = z.string().min(1, 'must be the folder of a model');
const isShipped = existsSync(path.join(PACKAGE_FOLDER, 'scenarios', SHIPPED, 'model.json'));

const cameraTracker = trackerDefinition({
  name: 'camera',
  title: 'Camera',
  source: 'after Ma et al. 2025, corrected by the beams that are tried',
  options: { model: isShipped ? folder.default(SHIPPED) : folder },
  build: ({ model }, setting) => {
    const place = modelFolder(model);
    const trained = readCameraModel(place);
    requireOneUser(setting);
    requireFits(trained, setting, place);
    return new CameraTracker(trained, setting);
  },
});

export const CAMERA_TRACKERS: readonly TrackerDefinition[] = [cameraTracker];

function requireOneUser({ numUsers, frameIntervalS }: TrackerSetting): void {
  if (frameIntervalS === undefined) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: 'The tracker camera needs a camera, and there is none here',
      where: 'tracking.camera',
      todo: 'Give the scenario a section tracking.camera (docs/camera.md), or another tracker',
    });
  }
  if (numUsers === 1) return;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `The tracker camera follows one user, and there are ${numUsers}: it cannot tell who is who in a picture`,
    where: 'users',
    todo: 'Give one user, or another tracker',
  });
}

function requireFits(
  { model }: TrainedCamera,
  { codebook, frameIntervalS }: TrackerSetting,
  place: string,
): void {
  const wrong = wrongTrait(model, codebook, frameIntervalS!);
  if (wrong === null) return;
  throw new BeamloopError('MODEL_MISMATCH', {
    what: wrong,
    where: place,
    todo: 'Use a model for this codebook and camera, or train one: docs/camera.md',
  });
}

function wrongTrait(
  model: TrainedCamera['model'],
  codebook: PolarCodebook,
  intervalS: number,
): string | null {
  if (model.network === 'beam-history') return 'The model goes by measured beams and sees no pictures';
  const wanted = evenAngleSines(model.beams);
  const { sinAngles, numRings, numCodewords } = codebook;
  const isAngular = numRings === 1 && sinAngles.every((sine, k) => Math.abs(sine - (wanted[k] ?? 2)) < 1e-9);
  if (numCodewords !== model.beams || !isAngular) {
    return (
      `The model is for ${model.beams} beams to infinity, evenly spread over angles ` +
      `(codebook: { directions: ${model.beams}, rings: 0, spread: angles }), and not for this codebook of ${numCodewords}`
    );
  }
  if (Math.abs(intervalS - model.interval) <= INTERVAL_TOLERANCE * model.interval) return null;
  return (
    `The model is for a frame every ${formatQuantity(model.interval, 's')}, and the camera has one every ` +
    formatQuantity(intervalS, 's')
  );
}
