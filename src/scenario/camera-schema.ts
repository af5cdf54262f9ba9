/** Schema of the section `tracking.camera` of scenario files. docs/scenario.md is the reader's version. */
import { z } from 'zod';
import { quantity, zeroTo } from '../core/settings-quantity.js';

export const cameraSchema = z.strictObject({
  /** `emulated`, a folder of pictures, or the address of a Motion-JPEG stream. */
  source: z.string().min(1).max(4096).default('emulated'),
  /** Frames that are looked at. */
  rate: quantity('Hz')
    .pipe(
      z.number('must be finite').min(0.01, 'must be at least 0.01 Hz').max(1000, 'must not be above 1 kHz'),
    )
    .default(10),
  /** From when a picture is taken until it is there. */
  latency: zeroTo('10 s', 's').default(0),
  /** Whether pictures are kept beside the recording. */
  keep: z.boolean().default(false),
});

export type CameraSection = z.output<typeof cameraSchema>;

/** Whether it is a camera on the network, whose pictures are gone once they were shown. */
export function isStream({ source }: CameraSection): boolean {
  return /^https?:/.test(source);
}
