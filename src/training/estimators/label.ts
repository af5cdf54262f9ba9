/** Estimators as people read them. */
import { type EstimatorChoice, estimatorSchema } from './choice.js';

/** `matched filter`, with the options that are not at their defaults. */
export function estimatorLabel(choice: EstimatorChoice): string {
  const name = choice.name.replaceAll('-', ' ');
  if (choice.name !== 'matched-filter') return name;
  const defaults = estimatorSchema.parse(choice.name) as typeof choice;
  const { score, directions, rings, dictionary, model, search, refine } = choice;
  const parts = [
    score === defaults.score ? '' : score,
    directions === defaults.directions && rings === defaults.rings ? '' : `${directions} × ${rings}`,
    dictionary === defaults.dictionary ? '' : `${dictionary} beams`,
    model === defaults.model ? '' : model,
    search === defaults.search ? '' : `${search} search`,
    refine === defaults.refine ? '' : refine ? 'refined' : 'on its grid',
  ].filter((part) => part !== '');
  return [name, ...parts].join(' ');
}
