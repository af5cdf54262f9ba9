/** Beams of a planar array to a grid of two angles. */
import { PlanarArray } from '../../array/planar-array.js';
import { PLANAR_SPREADS, PlanarCodebook, type PlanarSpread } from '../../codebook/planar.js';
import { CARRIER, SPEED_OF_LIGHT } from '../../core/bounds.js';
import { arrayOptions, boundedOption, pairOption, quantityOption } from '../options.js';
import { defineCodebook } from './definition.js';

const { carrier, 'speed-of-light': speedOfLight } = arrayOptions;

export const planarDefinition = defineCodebook({
  name: 'planar',
  describe: 'Beams of a planar array to a grid of azimuths and elevations',
  options: {
    rows: { type: 'string', demandOption: true, requiresArg: true, describe: 'Elements along z' },
    columns: { type: 'string', demandOption: true, requiresArg: true, describe: 'Elements along y' },
    carrier,
    'speed-of-light': speedOfLight,
    spacing: {
      type: 'string',
      requiresArg: true,
      default: '0.5,0.5',
      describe: 'Wavelengths between neighbours, along rows and along columns',
    },
    beams: {
      type: 'string',
      requiresArg: true,
      default: '16,16',
      describe: 'Azimuths and elevations of the grid',
    },
    spread: {
      choices: PLANAR_SPREADS,
      default: 'angles' as PlanarSpread,
      requiresArg: true,
      describe: 'Evenly over angles, or over their sines',
    },
  },
  example: '--rows 8 --columns 8 --carrier "28 GHz" --beams 8,8',
  build: (args) => {
    const array = new PlanarArray({
      rows: quantityOption('rows', args.rows, '1'),
      columns: quantityOption('columns', args.columns, '1'),
      carrierHz: boundedOption('carrier', args.carrier, CARRIER),
      spacing: pairOption('spacing', args.spacing, ['1', '1']),
      ...(args.speedOfLight !== undefined && {
        speedOfLightMPerS: boundedOption('speed-of-light', args.speedOfLight, SPEED_OF_LIGHT),
      }),
    });
    const [numAzimuths, numElevations] = pairOption('beams', args.beams, ['1', '1']);
    const codebook = new PlanarCodebook(array, { numAzimuths, numElevations, spread: args.spread });
    return {
      kind: 'narrowband',
      array,
      settings: ['phaseRad'],
      entries: entriesOf(codebook),
    };
  },
});

function* entriesOf(codebook: PlanarCodebook) {
  for (let column = 0; column < codebook.numCodewords; column++) {
    const index = codebook.indexOf(column);
    yield {
      columns: { ...index, ...codebook.direction(index) },
      codeword: codebook.codeword(index),
    };
  }
}
