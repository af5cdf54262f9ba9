/** Columns of a scenario's table by what they mean: headers vary from scenario to scenario, and so does their order. */

const PATTERNS = {
  powers: [/^unit1_pwr_60ghz$/, /^unit1_pwr/, /^unit1_mmwave/],
  image: [/^unit1_rgb$/, /^unit1_rgb/, /^unit1_cam/],
  basePosition: [/^unit1_loc$/, /^unit1_loc/, /^unit1_gps/],
  userPosition: [/^unit2_loc$/, /^unit2_loc/, /^unit2_gps/],
  label: [/^unit1_beam_index$/, /^unit1_beam$/],
  pass: [/^seq_index$/, /^seq/],
  index: [/^index$/, /^abs_index$/],
  time: [/^time_stamp/, /^timestamp/],
} as const satisfies Record<string, readonly RegExp[]>;

export type Columns = Partial<Record<keyof typeof PATTERNS, number>>;

/** The first column that fits the first pattern that any fits. */
export function columnsOf(names: readonly string[]): Columns {
  const columns: Columns = {};
  for (const meaning of Object.keys(PATTERNS) as (keyof typeof PATTERNS)[]) {
    for (const pattern of PATTERNS[meaning]) {
      const at = names.findIndex((name) => pattern.test(name));
      if (at === -1) continue;
      columns[meaning] = at;
      break;
    }
  }
  return columns;
}

/** Whether a table is that of a scenario: it has sweeps or labels of unit 1. */
export function isScenario(names: readonly string[]): boolean {
  const { powers, label } = columnsOf(names);
  return powers !== undefined || label !== undefined;
}
