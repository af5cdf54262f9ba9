/** A calibration table in place of the scenario's. */
import path from 'node:path';

export const calibrationOption = {
  calibration: {
    type: 'string',
    requiresArg: true,
    describe: "Calibration table of the board, in place of the scenario's board.calibration",
  },
} as const;

/** As a key of the scenario; the table is looked for from here, and not from where the scenario is. */
export function withCalibration(file: string | undefined, set: readonly string[]): string[] {
  return file === undefined ? [...set] : [...set, `board.calibration=${JSON.stringify(path.resolve(file))}`];
}
