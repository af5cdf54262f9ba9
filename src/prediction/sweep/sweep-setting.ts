/** The arrays and beams that a sweep network is for. */

export interface SweepSetting {
  readonly carrierHz: number;
  readonly bandwidthHz: number;
  readonly numSubcarriers: number;
  /** Of the base station's array, half a wavelength apart. */
  readonly rows: number;
  readonly columns: number;
  readonly tiltRad: number;
  /** Beams that are swept, and that are chosen from: azimuths and elevations. */
  readonly coarse: readonly [number, number];
  readonly fine: readonly [number, number];
  /** Of the receiver's array, half a wavelength apart; upright, its rows along the world's y axis. */
  readonly receiver: { readonly rows: number; readonly columns: number };
}
