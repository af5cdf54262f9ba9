import type { z } from 'zod';
import { placeChecks } from '../common/file-sections.js';
import type { AccuracyStudy } from './accuracy-file.js';
import { placesOf } from './places.js';

/** A check of accuracy studies: users and scatterers can be where they are listed or drawn, seen from every array of the study. */
export function checkAccuracyPlaces(study: AccuracyStudy, context: z.core.$RefinementCtx): void {
  // A study that does not say where users are has been complained about already.
  if (context.issues.length > 0) return;
  const { users, cases } = study;
  for (const { caseLabel, numElements, region } of placesOf(study)) {
    const checks = placeChecks(study.array, numElements, context);
    if (region !== null) {
      const k = cases?.findIndex(({ label }) => label === caseLabel) ?? -1;
      const own = k >= 0 && (cases![k]!.between ?? cases![k]!.ring) !== undefined;
      const { between } = own ? cases![k]! : users;
      checks.region(region, [
        ...(own ? ['cases', k] : ['users']),
        between === undefined ? 'ring' : 'between',
      ]);
      continue;
    }
    for (const [u, { position, paths }] of (users.list ?? []).entries()) {
      checks.place(position, ['users', 'list', u, 'position']);
      for (const [p, { scatterer }] of (paths ?? []).entries()) {
        if (scatterer === undefined) continue;
        checks.place(scatterer, ['users', 'list', u, 'paths', p, 'scatterer']);
      }
    }
  }
}
