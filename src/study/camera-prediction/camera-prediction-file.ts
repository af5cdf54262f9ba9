/** Study files of kind `camera-prediction`: networks that foretell beams from a camera, trained and compared. Keys: docs/study.md. */
import { z } from 'zod';
import { nearest } from '../../core/nearest.js';
import { dataSchema } from '../../prediction/camera/data/dataset-windows.js';
import {
  CAMERA_NETWORKS,
  type CameraModelFile,
  trainingSchema,
  trainingShape,
} from '../../prediction/camera/model-file.js';
import { headingShape, paperShape } from '../common/file-sections.js';

const count = (most: number) => z.int().min(1).max(most);
const network = z.enum(CAMERA_NETWORKS);

type Training = CameraModelFile['training'];
const ownTraining = z.strictObject(trainingShape).partial() as unknown as z.ZodType<Partial<Training>>;

export const cameraPredictionSchema = z
  .strictObject({
    kind: z.literal('camera-prediction'),
    ...headingShape,
    /** By the names that rows and figures have; what is said of one's training is in place of what is said for all. */
    networks: z
      .record(
        z.string().min(1),
        z.union([
          network.transform((name) => ({ network: name, training: {} as Partial<Training> })),
          z.strictObject({ network, training: ownTraining.prefault({}) }),
        ]),
      )
      .refine((given) => Object.keys(given).length > 0, 'must name at least one network'),
    /** Of the networks, the one that gains are told against. */
    against: z.string().optional(),
    size: z.enum(['full', 'miniature']).default('miniature'),
    beams: z.int().min(2).max(1024).optional(),
    /** Of the drawn street, each of a pass of its own. */
    windows: z
      .strictObject({
        training: count(100_000).default(1500),
        validation: count(100_000).default(400),
        test: count(100_000).default(500),
      })
      .prefault({}),
    /** In place of the drawn street. */
    data: dataSchema.optional(),
    training: trainingSchema.prefault({}),
    /** Of each network, with other first weights and another order of windows. */
    trainings: count(100).default(1),
    seed: z
      .int()
      .min(0)
      .max(2 ** 31)
      .default(1),
    paper: z.strictObject(paperShape).optional(),
  })
  .superRefine(({ networks, against }, context) => {
    const ids = Object.keys(networks ?? {});
    if (against === undefined || context.issues.length > 0 || ids.includes(against)) return;
    const message = `names no network of the study; did you mean '${nearest(against, ids)}'?`;
    context.addIssue({ code: 'custom', path: ['against'], message });
  });

export type CameraPredictionStudy = z.output<typeof cameraPredictionSchema>;

/** One training: of a network, by its place in the file, and which of its trainings, from 0. */
export interface TrainingOfStudy {
  readonly id: string;
  readonly repeat: number;
  readonly file: CameraModelFile;
}

/** Network by network. */
export function trainingsOf(study: CameraPredictionStudy): TrainingOfStudy[] {
  const { title, networks, size, beams, windows, data, training, seed } = study;
  return Object.entries(networks).flatMap(([id, own]) =>
    Array.from({ length: study.trainings }, (_, repeat) => ({
      ...{ id, repeat },
      file: {
        ...{ title, network: own.network, size, beams, data, seed },
        windows: data === undefined ? windows : undefined,
        training: { ...training, ...own.training } as Training,
      },
    })),
  );
}
