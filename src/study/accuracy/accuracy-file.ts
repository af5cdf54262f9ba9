/** Study files of kind `accuracy`: a Monte-Carlo comparison of schemes. Keys and units: docs/study.md. */
import { z } from 'zod';
import { DISTANCE, LEVEL } from '../../core/bounds.js';
import { levelOrInfinite, quantities, within } from '../../core/settings-quantity.js';
import { schemeSchema } from '../../training/registry.js';
import {
  arraySchema,
  codebookSchema,
  distancesSchema,
  frontAngleSchema,
  headingShape,
  MAX_USERS,
  numElementsSchema,
  paperShape,
  pointSchema,
  ricianFactorSchema,
  scatterersSchema,
} from '../common/file-sections.js';

const distance = within(DISTANCE);

/** Where users are drawn: an area between two rings, or one or more rings; all angles, or one or more angles. */
const regionShape = {
  between: z
    .tuple([distance, distance], 'must be two ring distances, such as [20 m, 40 m]')
    .refine(([near, far]) => near < far, 'must list the smaller ring distance first')
    .optional(),
  ring: distancesSchema.optional(),
  within: frontAngleSchema.pipe(z.number().positive('must be above 0')).optional(),
  angle: quantities('rad', frontAngleSchema).optional(),
};

const gain = z.union([
  z.number().transform((re) => ({ re, im: 0 })),
  z.tuple([z.number(), z.number()]).transform(([re, im]) => ({ re, im })),
  z.strictObject({ re: z.number(), im: z.number() }),
]);

/** `snr` of -Infinity would be noise without a signal, which no scheme can use. */
const NO_SIGNAL = 'must be above -Infinity';
const snr = levelOrInfinite(LEVEL).refine((value) => value > -Infinity, NO_SIGNAL);

const listedUser = z.strictObject({
  position: pointSchema,
  snr: snr.optional(),
  paths: z
    .array(z.strictObject({ gain, scatterer: pointSchema.optional() }))
    .nonempty('must list at least one path; leave it out for a line of sight of gain 1')
    .optional(),
});

const caseSchema = z.strictObject({
  label: z.string().min(1),
  elements: numElementsSchema.optional(),
  ...regionShape,
});

const users = z
  .strictObject({
    count: z.int().min(1).max(MAX_USERS).default(1000),
    ...regionShape,
    list: z.array(listedUser).nonempty('must list at least one user').optional(),
  })
  .superRefine((section, context) => {
    const drawn = (['between', 'ring', 'within', 'angle'] as const).filter((k) => section[k] !== undefined);
    if (section.list !== undefined && drawn.length > 0) {
      context.addIssue({ code: 'custom', path: [drawn[0]!], message: 'does not go with a list of users' });
    }
    excludeEachOther(section, context);
  });

function excludeEachOther(
  section: { between?: unknown; ring?: unknown; within?: unknown; angle?: unknown },
  context: z.core.$RefinementCtx,
): void {
  for (const [a, b] of [
    ['between', 'ring'],
    ['within', 'angle'],
  ] as const) {
    if (section[a] === undefined || section[b] === undefined) continue;
    context.addIssue({ code: 'custom', path: [b], message: `does not go with '${a}'; choose one` });
  }
}

export const accuracySchema = z
  .strictObject({
    kind: z.literal('accuracy'),
    ...headingShape,
    array: arraySchema,
    codebook: codebookSchema,
    schemes: z.array(schemeSchema).nonempty('must list at least one scheme'),
    snr: quantities('dB', snr).optional(),
    users,
    channel: z
      .strictObject({
        ricianFactor: ricianFactorSchema,
        scatterers: scatterersSchema,
      })
      .optional(),
    cases: z
      .array(caseSchema.superRefine(excludeEachOther))
      .nonempty('must list at least one case')
      .optional(),
    seed: z.int().min(0).default(1),
    paper: z.strictObject(paperShape).optional(),
  })
  .superRefine((study, context) => {
    const complain = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    const { list } = study.users;
    const cases = study.cases ?? [{}];
    cases.forEach((c: z.output<typeof caseSchema> | object, k) => {
      const at = study.cases === undefined ? [] : ['cases', k];
      const has = (key: string) => key in c && (c as Record<string, unknown>)[key] !== undefined;
      if (study.array.elements === undefined && !has('elements')) {
        complain(at.length > 0 ? at : ['array'], "has no 'elements'");
      }
      const ranged = study.users.between !== undefined || study.users.ring !== undefined;
      if (list === undefined && !ranged && !has('between') && !has('ring')) {
        complain(at.length > 0 ? at : ['users'], "needs 'between', 'ring' or 'list' to say where users are");
      }
      if (list !== undefined && ['between', 'ring', 'within', 'angle'].some(has)) {
        complain(at, 'cannot say where users are when they are listed');
      }
    });
    if (study.snr === undefined && (list === undefined || list.some((user) => user.snr === undefined))) {
      complain(['snr'], 'is missing; give it here or for every listed user');
    }
    if (list !== undefined && study.channel !== undefined) {
      complain(['channel'], 'does not go with a list of users; give each user its paths');
    }
  });

export type AccuracyStudy = z.output<typeof accuracySchema>;
