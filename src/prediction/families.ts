/** All families of networks, and which of them a model file or a model folder is of. */
import { z } from 'zod';
import { readSettingsFile } from '../core/settings-file.js';
import { cameraFamily } from './camera/family.js';
import type { Family } from './family.js';
import { networkOfModel } from './model/model-folder.js';
import { motionFamily } from './motion/family.js';
import { sweepFamily } from './sweep/family.js';

const FAMILIES: readonly Family[] = [motionFamily, cameraFamily, sweepFamily];
const NETWORKS = FAMILIES.flatMap(({ networks }) => networks);
/** Of model files that name none. */
const USUAL_NETWORK = 'stgcn';

const anyModelFile = z.looseObject({ network: z.enum(NETWORKS).default(USUAL_NETWORK) });

/** @throws FILE_NOT_FOUND, FILE_UNREADABLE; SCENARIO_INVALID where it names a network that there is not. */
export function familyOfFile(file: string): Family {
  return familyOf(readSettingsFile(file, anyModelFile, 'model file').network);
}

/** @throws MODEL_INVALID. */
export function familyOfModel(folder: string): Family {
  return familyOf(networkOfModel(folder));
}

function familyOf(network: string): Family {
  return FAMILIES.find(({ networks }) => networks.includes(network)) ?? motionFamily;
}
