/** What the radios of a scenario are; plain data. */
export interface EmulatedRadioPlan {
  readonly sampleRateHz: number;
  readonly slotDurationS: number;
  readonly numPilots: number;
  /** One of FORMAT_NAMES. */
  readonly format: string;
  readonly clockDriftPpm: number;
  readonly carrierOffsetHz: number;
  /** When samples are taken is known to this, s; it is off by some of it. */
  readonly startUncertaintyS: number;
  /** Bursts of samples that are lost: their share, and how many at a time on average. */
  readonly dropShare: number;
  readonly dropSamples: number;
  /** Whether the stream says where. */
  readonly tellsGaps: boolean;
  /** Of what a sample is at full scale: 0 dB leaves room for the strongest beam. */
  readonly gainDb: number;
  /** The board's slot output is in the lowest bit of I, and slots are found by that (TriggerSource). */
  readonly hasTrigger: boolean;
}
