/**
 * Which part of a slot is whose, where no board's own clock begins it: the beam must stand when the first third is over, and UEs
 * measure in the middle third (docs/boards.md, docs/ue-protocol.md).
 */
export const BEAM_STANDS_BY = 1 / 3;
export const MEASURED_UNTIL = 2 / 3;
