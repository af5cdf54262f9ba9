/** Axes of a study's figures that say a value in two ways. */
import type { Axis } from '../../study/common/result.js';
import { tickText } from '../drawing/axis.js';
import { fixed } from '../drawing/number-format.js';

/** How the axis is laid out, whatever its ticks say. */
export function axisKind({ scale }: Axis): 'linear' | 'log' {
  return scale === 'log' ? 'log' : 'linear';
}

/** Lines of text under a tick of an x axis. */
export function tickLines({ scale }: Axis): number {
  return scale === 'sine' || scale === 'ring' ? 2 : 1;
}

/** For valueAxis: nothing where ticks are plain numbers. */
export function formatTickOf({ scale }: Axis): { formatTick?: (value: number) => string } {
  if (scale === 'sine') {
    return { formatTick: (sine) => `${tickText(sine)}\n${fixed((Math.asin(sine) * 180) / Math.PI, 0)}°` };
  }
  if (scale === 'ring') return { formatTick: (ring) => `${tickText(ring)}\n${distanceText(ring)}` };
  return {};
}

/** Where the ring is at broadside. Rings below 0 are no place. */
function distanceText(ringPerM: number): string {
  if (ringPerM === 0) return '∞';
  return ringPerM < 0 ? '' : `${tickText(Number((1 / (2 * ringPerM)).toPrecision(3)))}\u00a0m`;
}
