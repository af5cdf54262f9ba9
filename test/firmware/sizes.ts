/** Sizes of core/config.h that differ from its own, without their prefix BOARD_. */
export type Sizes = Readonly<Record<string, number>>;

/** A board with every kind of control, small enough to fill its queue and log in no time. */
export const CHECKED_SIZES: Sizes = {
  NUM_ELEMENTS: 9,
  PHASE_BITS: 5,
  DELAY_BITS: 3,
  DELAY_LSB_FS: 4000,
  DELAY_RANGE_FS: 20_000,
  AMPLITUDE_BITS: 2,
  NUM_LINES: 3,
  MEMORY_DEPTH: 12,
  QUEUE_DEPTH: 24,
  MAX_PAYLOAD: 512,
};
