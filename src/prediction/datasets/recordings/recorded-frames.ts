/** Pictures that a camera showed in a run: kept beside the recording, or in the folder that they were shown from. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { usualStep } from '../segments.js';
import type { Recording } from '../../../record/recording.js';
import type { Problems } from '../problems.js';

const reportSchema = z.object({ file: z.string().nullable(), isKept: z.boolean().default(false) });
const scenarioSchema = z.object({ tracking: z.object({ camera: z.object({ source: z.string() }) }) });

/** A picture that is farther from a sample than this share of the usual step is of another one. */
const NEAR = 0.75;
const NO_IMAGE = 'the samples have no image';

interface RecordedFrame {
  readonly timeS: number;
  /** Null where nobody has it any more. */
  readonly file: string | null;
}

export class RecordedFrames {
  /** Oldest first. */
  readonly #frames: readonly RecordedFrame[];
  readonly #stepS: number;

  private constructor(frames: readonly RecordedFrame[]) {
    this.#frames = frames;
    this.#stepS = usualStep(frames.map(({ timeS }) => timeS)) ?? 0;
  }

  /** @param problems told of pictures that nobody has. */
  static async of(recording: Recording, name: string, problems: Problems): Promise<RecordedFrames> {
    const rows = await recording.rows('sensor_reports', "WHERE sensor = 'camera'");
    const scenario = scenarioSchema.safeParse(await recording.runValue('scenario')).data;
    const source = scenario?.tracking.camera.source ?? '';
    const frames = rows.map(({ boardTimeS, report }) => {
      const { file, isKept } = reportSchema.parse(report);
      const place = file === null ? null : path.resolve(isKept ? recording.folder : source, file);
      const isThere = place !== null && existsSync(place);
      if (place === null) problems.add('the pictures of the camera were not kept (camera.keep: true keeps them)', name, NO_IMAGE);
      else if (!isThere) problems.add('a picture is not there any more', place, NO_IMAGE);
      return { timeS: boardTimeS, file: isThere ? place : null };
    });
    return new RecordedFrames(frames);
  }

  /** The picture that was taken nearest to a board time; null where there is none near. */
  at(timeS: number): string | null {
    let nearest: RecordedFrame | null = null;
    for (const frame of this.#frames) {
      if (nearest === null || Math.abs(frame.timeS - timeS) < Math.abs(nearest.timeS - timeS)) nearest = frame;
    }
    if (nearest === null || Math.abs(nearest.timeS - timeS) > NEAR * this.#stepS) return null;
    return nearest.file;
  }
}
