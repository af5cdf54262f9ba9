/** Beam training by a network: a coarse sweep goes out, the network names the likeliest fine beams, and pilots decide between them. */
import { z } from 'zod';
import { PlanarCodebook } from '../../codebook/planar.js';
import { BeamloopError } from '../../core/errors.js';
import { formatQuantity } from '../../core/units.js';
import { planarEstimate } from '../../training/planar-estimate.js';
import { strongest } from '../../training/polar-estimate.js';
import type { Scheme } from '../../training/scheme.js';
import { builtIn } from '../../training/scheme-definition.js';
import { narrowband } from '../../training/scheme-factory.js';
import { modelFolder } from '../model/shipped-model.js';
import { likeliest, type SweepPass, sweepPass } from './forward/sweep-pass.js';
import { sizesOf } from './model-file.js';
import { readSweepModel, type TrainedSweep } from './model-folder.js';

const SHIPPED = 'models/sweep';

function* learnedSweep(
  coarse: PlanarCodebook,
  fine: PlanarCodebook,
  pass: SweepPass,
  probes: number,
): Scheme {
  const { mean: powers } = yield Array.from({ length: coarse.numCodewords }, (_, column) =>
    coarse.codewordAt(column),
  );
  const candidates = likeliest(pass.scores(powers), probes);
  if (candidates.length === 1) return planarEstimate(fine, fine.indexOf(candidates[0]!));
  const { mean: probed } = yield candidates.map((column) => fine.codewordAt(column));
  return planarEstimate(fine, fine.indexOf(candidates[strongest(probed)]!));
}

export const learnedSweepScheme = builtIn({
  name: 'learned-sweep',
  title: 'Learned sweep',
  source: 'after Jin et al. 2026, with one head in the frame of the array',
  pilots: 'the coarse beams of its model, then `probes`',
  colour: 'blue',
  needs: 'planar array',
  options: {
    /** Folder of `beamloop train`. */
    model: z.string().min(1, 'must be the folder of a model').default(SHIPPED),
    /** Fine beams that are tried: the likeliest. */
    probes: z.int().min(1).max(64).default(3),
  },
  rules: null,
  label: (_, changed) => changed(),
  build: ({ model: written, probes }, fine) => {
    const folder = modelFolder(written);
    const { model, weights } = readSweepModel(folder);
    requireModelFor(model, fine, folder);
    const [numAzimuths, numElevations] = model.beams.coarse;
    const coarse = new PlanarCodebook(fine.array, { numAzimuths, numElevations });
    const pass = sweepPass(sizesOf(model), coarse.numCodewords, weights);
    return { ...narrowband(() => learnedSweep(coarse, fine, pass, probes)), estimates: 'beam' };
  },
  refinement: 'last batch',
  coarseBeams: null,
  searchesWholeCodebook: false,
  tracedPilots: () => 100,
  withPilots: null,
  chosenPilots: () => null,
});

/** @throws MODEL_MISMATCH when it was trained for another array or other beams, or has a head for each sector. */
function requireModelFor(
  { array, beams, heads }: TrainedSweep['model'],
  { array: used, numAzimuths, numElevations, spread }: PlanarCodebook,
  folder: string,
): void {
  const mismatch = (what: string, todo: string): BeamloopError =>
    new BeamloopError('MODEL_MISMATCH', { what, where: folder, todo });
  if (heads === 'three') {
    throw mismatch(
      'The model has a head for each of three sectors, and an array is one',
      'Take a model with heads: shared',
    );
  }
  const degrees = (rad: number) => `${Number(((rad * 180) / Math.PI).toFixed(6))} deg`;
  const own = {
    rows: String(array.rows),
    columns: String(array.columns),
    carrier: formatQuantity(array.carrier, 'Hz'),
    tilt: degrees(array.tilt),
    beams: beams.fine.join(' x '),
    'spread of beams': 'angles',
  };
  const wanted: typeof own = {
    rows: String(used.rows),
    columns: String(used.columns),
    carrier: formatQuantity(used.carrierHz, 'Hz'),
    tilt: degrees(used.frame.tiltRad),
    beams: `${numAzimuths} x ${numElevations}`,
    'spread of beams': spread,
  };
  const names = (Object.keys(own) as (keyof typeof own)[]).filter((name) => own[name] !== wanted[name]);
  if (names.length === 0) return;
  throw mismatch(
    `The model is for ${names.map((name) => `${name} ${own[name]}`).join(', ')}, and the scenario has ` +
      names.map((name) => `${name} ${wanted[name]}`).join(', '),
    'Use a model for this array, or train one: docs/models.md',
  );
}
