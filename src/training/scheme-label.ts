/** Schemes and their options as people read them. */
import { defaultChoice, findScheme, schemeOf } from './registry.js';
import type { SchemeChoice } from './scheme-definition.js';

/**
 * A scheme's name with what sets it apart: the options that are not at their defaults, `dpc (rangeReduction=false)`, and of
 * schemes that split over the band the pilots and the estimator, `tdps (3 pilots, matched filter)`.
 */
export function schemeLabel(choice: SchemeChoice): string {
  const defaults = defaultChoice(choice.name);
  const changed = (keys: readonly string[] = Object.keys(choice)) =>
    keys
      .filter((key) => key !== 'name' && choice[key] !== defaults[key])
      .map((key) => `${key}=${String(choice[key])}`);
  const parts = schemeOf(choice).label(choice, changed);
  return parts.length === 0 ? choice.name : `${choice.name} (${parts.join(', ')})`;
}

/** `dpc` → `DPC hierarchical`; what comes after the name (options, a level) stays. */
export function schemeTitle(scheme: string): string {
  const [name] = scheme.split(/[ ,(]/, 1);
  const title = findScheme(name!)?.title;
  if (title === undefined) return scheme;
  return `${title}${scheme.slice(name!.length)}`;
}
