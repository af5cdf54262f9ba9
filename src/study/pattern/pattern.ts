import type { StudyResult } from '../common/result.js';
import { runCumulative } from './pattern-cumulative.js';
import { runDegree } from './pattern-degree.js';
import { runDiverging } from './pattern-diverging.js';
import type { PatternStudy } from './pattern-file.js';
import { runLemma } from './pattern-lemma.js';
import { runRegions } from './pattern-regions.js';
import { runRing } from './pattern-ring.js';
import { runTwin } from './pattern-twin.js';

/** Studies of kind `pattern`. */
export function runPattern(study: PatternStudy): StudyResult {
  switch (study.pattern) {
    case 'diverging':
      return runDiverging(study);
    case 'diverging-degree':
      return runDegree(study);
    case 'twin':
      return runTwin(study);
    case 'ring':
      return runRing(study);
    case 'lemma':
      return runLemma(study);
    case 'cumulative':
      return runCumulative(study);
    case 'regions':
      return runRegions(study);
  }
}
