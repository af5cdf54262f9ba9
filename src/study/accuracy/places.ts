/** Places of an accuracy study: one array and one set of users each. Schemes and SNRs are compared within a place. */
import type { RingRegion } from '../../channel/paths.js';
import type { AccuracyStudy } from './accuracy-file.js';

export interface Place {
  /** Label of the case in the file; null where it has none. */
  readonly caseLabel: string | null;
  readonly numElements: number;
  /** Null when users are listed. */
  readonly region: RingRegion | null;
  readonly numUsers: number;
}

type Case = NonNullable<AccuracyStudy['cases']>[number];

/** Users are drawn within +-60 degrees unless the file says otherwise. */
export const DEFAULT_WITHIN_RAD = Math.PI / 3;

/** Cases × rings × angles, in the order of the file. */
export function placesOf(study: AccuracyStudy): Place[] {
  const { users } = study;
  const cases: readonly (Case | undefined)[] = study.cases ?? [undefined];
  return cases.flatMap((c): Place[] => {
    const common = {
      caseLabel: c?.label ?? null,
      numElements: (c?.elements ?? study.array.elements)!,
    };
    if (users.list !== undefined) return [{ ...common, region: null, numUsers: users.list.length }];
    const distances = (c?.between ?? c?.ring) !== undefined ? c! : users;
    const directions = (c?.within ?? c?.angle) !== undefined ? c! : users;
    const within = directions.within ?? DEFAULT_WITHIN_RAD;
    const rings = distances.ring?.map((ring) => [ring, ring] as const) ?? [distances.between!];
    const angles = directions.angle?.map((angle) => [angle, angle] as const) ?? [[-within, within] as const];
    return rings.flatMap((ringDistanceM) =>
      angles.map((angleRad) => ({
        ...common,
        region: { ringDistanceM, angleRad },
        numUsers: users.count,
      })),
    );
  });
}
