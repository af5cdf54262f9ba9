export interface MeasuredSlot {
  readonly slot: number;
  /** Number of the sample at which it begins. */
  readonly start: number;
  /** Shape [numPilots]. */
  readonly powers: Float32Array;
  readonly noiseFloor: number;
}
