import type { EstimatorChoice } from './choice.js';
import { OnGridEstimator } from './on-grid.js';
import type { EstimatorSetting, PointEstimator } from './point-estimator.js';

export function createEstimator(choice: EstimatorChoice, setting: EstimatorSetting): PointEstimator {
  switch (choice.name) {
    case 'on-grid':
      return new OnGridEstimator(setting.codebook);
    case 'auxiliary-pair':
    case 'matched-filter':
      throw new Error('not yet');
  }
}
