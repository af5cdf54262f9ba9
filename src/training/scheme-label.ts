/** Schemes and their options as people read them. */
import { plural } from '../core/plural.js';
import type { EstimatorChoice } from './estimators/choice.js';
import { estimatorSchema } from './estimators/choice.js';
import { type SchemeChoice, schemeSchema } from './registry.js';

/**
 * A scheme's name with what sets it apart: the options that are not at their defaults, `dpc (rangeReduction=false)`, and of
 * schemes that split over the band the pilots and the estimator, `tdps (3 pilots, matched filter)`.
 */
export function schemeLabel(choice: SchemeChoice): string {
  const parts = partsOf(choice);
  return parts.length === 0 ? choice.name : `${choice.name} (${parts.join(', ')})`;
}

function partsOf(choice: SchemeChoice): string[] {
  switch (choice.name) {
    case 'tdps':
      return [
        ...(choice.pilots === undefined ? [] : [plural(choice.pilots, 'pilot')]),
        ...(choice.delayParameters === undefined
          ? changedOptions(choice, ['gamma', 'epsilon', 'endDirection'])
          : ['given parameters']),
        ...changedOptions(choice, ['interleaving']),
        estimatorLabel(choice.estimator),
      ];
    case 'near-field-rainbow':
      return [...ringsAndPilots(choice), estimatorLabel(choice.estimator)];
    case 'far-field-rainbow':
      return [estimatorLabel(choice.estimator)];
    case 'exhaustive-grid':
      return ringsAndPilots(choice);
    default:
      return changedOptions(choice, Object.keys(choice));
  }
}

function ringsAndPilots({
  rings,
  pilots,
}: {
  rings: 'polar' | number;
  pilots?: number | undefined;
}): string[] {
  return [
    ...(rings === 'polar' ? [] : [plural(rings, 'even ring')]),
    ...(pilots === undefined ? [] : [`first ${plural(pilots, 'pilot')}`]),
  ];
}

/** `matched filter`, with the options that are not at their defaults. */
function estimatorLabel(choice: EstimatorChoice): string {
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

function changedOptions(choice: SchemeChoice, keys: readonly string[]): string[] {
  const defaults = schemeSchema.parse(choice.name) as Record<string, unknown>;
  const values = choice as Record<string, unknown>;
  return keys
    .filter((key) => key !== 'name' && values[key] !== defaults[key])
    .map((key) => `${key}=${String(values[key])}`);
}

const SCHEME_TITLE: Readonly<Record<string, string>> = {
  dpc: 'DPC hierarchical',
  exhaustive: 'Polar exhaustive',
  'far-field-sweep': 'Far-field sweeping',
  'near-field-hierarchical': 'Near-field hierarchical',
  'far-field-hierarchical': 'Far-field hierarchical',
  // The paper tells less than it takes to build it.
  'spatial-chirp': 'Spatial chirp (reconstructed)',
  tdps: 'TD-PS',
  'near-field-rainbow': 'Near-field rainbow',
  'far-field-rainbow': 'Far-field rainbow',
  'exhaustive-grid': 'Near-field exhaustive',
};

/** `dpc` → `DPC hierarchical`; what comes after the name (options, a level) stays. */
export function schemeTitle(scheme: string): string {
  const [name] = scheme.split(/[ ,(]/, 1);
  const title = SCHEME_TITLE[name!];
  if (title === undefined) return scheme;
  return `${title}${scheme.slice(name!.length)}`;
}
