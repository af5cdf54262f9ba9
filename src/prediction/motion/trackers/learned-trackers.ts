/** Learned trackers, in the order in which they are listed to people. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { BeamloopError } from '../../../core/errors.js';
import { PACKAGE_FOLDER } from '../../../core/package-folder.js';
import { type TrackerDefinition, trackerDefinition } from '../../../tracking/tracker-definition.js';
import { modelFolder } from '../../model/shipped-model.js';
import { readModel } from '../model-folder.js';
import { NETWORK_KINDS, NETWORK_TITLES, type NetworkKind } from '../networks/kinds.js';
import { requireModelFor } from '../trained-model.js';
import { LearnedTracker } from './learned-tracker.js';

const SOURCES: Readonly<Record<NetworkKind, string>> = {
  stgcn: 'after Qian et al. 2026, with a head relative to the last beam',
  'stgcn-literal': 'Qian et al. 2026, as printed',
  gcn: 'graph layers of Qian et al. 2026 without a memory',
  gru: 'the memory of Qian et al. 2026 without a graph',
  cnn: 'convolutions over slots and features, as Qian et al. 2026 compare with',
};

export const LEARNED_TRACKERS: readonly TrackerDefinition[] = NETWORK_KINDS.map((kind) => {
  const shipped = `models/${kind}`;
  const isShipped = existsSync(path.join(PACKAGE_FOLDER, 'scenarios', shipped, 'model.json'));
  const folder = z.string().min(1, 'must be the folder of a model');
  return trackerDefinition({
    name: kind,
    title: NETWORK_TITLES[kind],
    source: SOURCES[kind],
    options: { model: isShipped ? folder.default(shipped) : folder },
    build: ({ model: written }, setting) => {
      const place = modelFolder(written);
      const trained = readModel(place);
      requireModelFor(trained, setting.codebook, setting.epochS, place);
      if (trained.model.network !== kind) {
        throw new BeamloopError('MODEL_MISMATCH', {
          what: `The model's network is ${trained.model.network}, and the tracker is ${kind}`,
          where: place,
          todo: `Write tracker ${trained.model.network}, or give the folder of another model`,
        });
      }
      return new LearnedTracker(trained, setting);
    },
  });
});
