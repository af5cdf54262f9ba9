/**
 * A sounding is a generator: it yields pilots, receives powers, and returns what it makes of them. Schemes of beam training,
 * calibration procedures and trackers are soundings. A campaign (boards and UE), a study (channel model) and a replay
 * (recording) drive the same generator; it cannot tell which.
 */
import type { Codeword } from '../codebook/codeword.js';
import type { Powers } from './powers.js';

/** Pilots that are wanted before anything further is decided, in slot order. Never empty. */
export type PilotBatch = readonly Codeword[];

export type Sounding<Result, Measured = Powers> = Generator<PilotBatch, Result, Measured>;
