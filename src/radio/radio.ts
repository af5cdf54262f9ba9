/** A radio that is a UE: samples in, powers of slots out. */
import type { PowerSource } from '../ue/power-source.js';
import type { SampleSink } from './streams/sample-stream.js';

export interface RadioStatistics {
  readonly samples: number;
  readonly slots: number;
  /** Slots that were wanted and are left out, for doubt of which they are. */
  readonly leftOut: number;
  readonly gaps: number;
  /** How often slots were found anew. */
  readonly found: number;
  readonly isLocked: boolean;
  /** By which the radio's clock is faster than the slots'; null before it is known. */
  readonly driftPpm: number | null;
  /** Of the carrier, Hz; null where it is not measured. */
  readonly offsetHz: number | null;
  /** Of the last slot whose place was proved. */
  readonly snrDb: number | null;
  /** Samples at full scale. */
  readonly clipped: number;
  /** What a trigger did; null of radios that find slots by the waveform. */
  readonly trigger: TriggerStatistics | null;
}

interface TriggerStatistics {
  /** Rising edges, bounces left out. */
  readonly edges: number;
  /** Edges that came too soon after one. */
  readonly bounces: number;
  /** Intervals that were no whole number of slots: samples were lost, or the edge was none. */
  readonly broken: number;
  /** How often what samples there were and when they came told different times. */
  readonly contradictions: number;
  /** Median of the last intervals, s; null before there are some. */
  readonly periodS: number | null;
}

export interface Radio extends PowerSource, SampleSink {
  /** In place of `listenFor`, for who has no bridge: all slots that come, whose numbers are counts. */
  listenToAll(): void;
  statistics(): RadioStatistics;
}
