import type { BoardTelemetry } from '../../array-board.js';

/** What one board of an array was last heard to be. */
export class TileState {
  isUp = true;
  telemetry: BoardTelemetry | null = null;

  /** Of all boards: the hottest, the least supply, the fullest queue; muted and armed when all are. Null until each has told. */
  static together(states: readonly TileState[]): BoardTelemetry | null {
    const all = states.flatMap(({ telemetry }) => (telemetry === null ? [] : [telemetry]));
    if (all.length < states.length) return null;
    return {
      temperatureC: Math.max(...all.map(({ temperatureC }) => temperatureC)),
      supplyV: Math.min(...all.map(({ supplyV }) => supplyV)),
      queueDepth: Math.max(...all.map(({ queueDepth }) => queueDepth)),
      muted: all.every(({ muted }) => muted),
      armed: all.every(({ armed }) => armed),
    };
  }
}
