import { AuxiliaryPairEstimator } from './auxiliary-pair.js';
import type { EstimatorChoice } from './choice.js';
import { MatchedFilterEstimator } from './matched-filter.js';
import { OnGridEstimator } from './on-grid.js';
import type { EstimatorSetting, PointEstimator } from './point-estimator.js';

export function createEstimator(choice: EstimatorChoice, setting: EstimatorSetting): PointEstimator {
  switch (choice.name) {
    case 'on-grid':
      return new OnGridEstimator(setting.codebook);
    case 'auxiliary-pair':
      return new AuxiliaryPairEstimator(
        setting.codebook,
        choice.snr === undefined ? null : 10 ** (choice.snr / 10),
      );
    case 'matched-filter':
      return new MatchedFilterEstimator(choice, setting);
  }
}
