/** Pilots of one user in the groups in which a reader thinks of them: levels of a search, rings of a refinement. */
import type { PilotLabel } from '../../codebook/codeword.js';
import { fixed } from '../drawing/number-format.js';
import { shown } from '../page/html.js';
import type { SlotRecord } from './run-data.js';

export interface PilotGroup {
  /** `level`: a choice that the search goes on from; `ring`: candidates of one ring; `batch`: anything else. */
  readonly kind: 'level' | 'ring' | 'batch';
  /** Level, ring or batch, 1-based. */
  readonly number: number;
  /** Numbers of the first and last pilot of the user, 1-based. */
  readonly first: number;
  readonly last: number;
  readonly pilots: readonly SlotRecord[];
  /** Position in `pilots` of the strongest. */
  readonly strongest: number;
}

/** @param pilots of one user in the order sent, every one measured. */
export function groupPilots(pilots: readonly SlotRecord[]): PilotGroup[] {
  const groups: PilotGroup[] = [];
  let start = 0;
  for (let k = 1; k <= pilots.length; k++) {
    const before = pilots[k - 1]!;
    const here = pilots[k];
    if (here !== undefined && here.batch === before.batch && groupOf(here) === groupOf(before)) continue;
    const members = pilots.slice(start, k);
    groups.push({
      kind: kindOf(before.label),
      number: numberOf(before),
      first: start + 1,
      last: k,
      pilots: members,
      strongest: strongestOf(members),
    });
    start = k;
  }
  return groups;
}

export function pilotName(label: PilotLabel | null): string {
  if (label === null) return 'unknown codeword';
  switch (label.kind) {
    case 'dpc':
      return `DPC level ${label.level}, sector ${label.index}`;
    case 'dft':
      return `DFT level ${label.level}, beam ${label.index}`;
    case 'chirp':
      return `tier ${label.tier}, direction ${label.direction}, slope ${label.slope}`;
    case 'sector':
      return `level ${label.level}, sector ${label.index}, ring ${label.ring}`;
    case 'polar':
    case 'tracking':
      return `ring ${label.ring}, angle ${label.angleIndex}`;
    case 'grid':
      return `grid ring ${label.ring}, angle ${label.angleIndex}`;
    case 'tdps':
      return `TD-PS pilot ${label.pilot}`;
    case 'rainbow':
      return `rainbow ring ${label.ring}`;
    case 'far-rainbow':
      return 'far-field rainbow';
    case 'planar':
      return `${label.numAzimuths} × ${label.numElevations} beams, azimuth ${label.azimuthIndex}, elevation ${label.elevationIndex}`;
    case 'place':
      return `beam on ${fixed(label.xM, 2)}, ${fixed(label.yM, 2)}, ${fixed(label.zM, 2)}\u00a0m`;
    case 'own':
      return shown(label.name, 40);
    case 'serving':
      return `beam on sin ${fixed(label.sinAngle, 4)}, ring ${fixed(label.ringPerM, 4)}\u00a01/m`;
  }
}

function kindOf(label: PilotLabel | null): PilotGroup['kind'] {
  if (label === null) return 'batch';
  if ('level' in label) return 'level';
  return isOnRing(label) ? 'ring' : 'batch';
}

function numberOf({ label, batch }: SlotRecord): number {
  if (label === null) return batch + 1;
  if ('level' in label) return label.level;
  return isOnRing(label) ? label.ring : batch + 1;
}

function isOnRing(label: PilotLabel): label is PilotLabel & { readonly ring: number } {
  return label.kind === 'polar' || label.kind === 'tracking' || label.kind === 'grid';
}

function groupOf(slot: SlotRecord): string {
  return `${kindOf(slot.label)}/${numberOf(slot)}`;
}

function strongestOf(pilots: readonly SlotRecord[]): number {
  let best = 0;
  pilots.forEach((pilot, k) => {
    if (pilot.power!.received > pilots[best]!.power!.received) best = k;
  });
  return best;
}
