/** What a kind of study says about itself. Each kind has a folder and says it there; src/study/study-kinds.ts lists them. */
import type { z } from 'zod';
import { BeamloopError } from '../../core/errors.js';
import type { Executor, JobOptions, Simulator } from '../../fan-out/executor.js';
import type { StudyResult } from './result.js';
import type { StudiedScenario } from './studied-scenario.js';
import { refuseTooLarge, type Size } from './study-sizes.js';

/** What the command line says instead of the file. */
export interface StudyOverrides {
  /** Users per point. */
  readonly numUsers?: number;
  readonly seed?: number;
  /** Folder of a data set in place of what the study would draw. */
  readonly data?: string;
}

/** What a study runs with. */
export interface StudyContext extends JobOptions {
  /** Simulates the users of kinds that draw them. */
  readonly executor: Executor;
  /** Whether every pilot of every user is told. */
  readonly traced: boolean;
  /** Opens a scenario that the study names, relative to its own file. */
  readonly openScenario: (file: string) => StudiedScenario | Promise<StudiedScenario>;
}

/** Its file's schema, which names it in `kind`. */
export type KindSchema = z.ZodType<{ readonly kind: string }> & z.core.$ZodTypeDiscriminable;

interface StudyKindParts<Schema extends KindSchema> {
  /** As files name it. */
  readonly kind: z.output<Schema>['kind'];
  /** Of its file. */
  readonly schema: Schema;
  /** What may not be too large, of the file and of what the command line makes of it. */
  sizes(study: z.output<Schema>, traced: boolean): readonly Size[];
  /** Checks of the file that go through what `sizes` bounds, one by one. */
  readonly longChecks?: (study: z.output<Schema>, context: z.core.$RefinementCtx) => void;
  /** Whether `override` takes a data set. */
  readonly takesData?: boolean;
  /**
   * The study with other users, another seed, or a data set.
   *
   * @throws BAD_ARGUMENT where it has none to replace.
   */
  override(study: z.output<Schema>, overrides: StudyOverrides): z.output<Schema>;
  /** What progress counts; users unless given. */
  readonly counts?: string;
  /** What simulates its users, wherever an executor has that done; null for a kind that draws no users. */
  readonly simulator: ((study: z.output<Schema>, traced: boolean) => Simulator) | null;
  /** Rows, tables and figures of the study. */
  run(study: z.output<Schema>, context: StudyContext): StudyResult | Promise<StudyResult>;
}

export type StudyKind<Schema extends KindSchema = KindSchema> = Omit<StudyKindParts<Schema>, 'longChecks'>;

/** A kind of study whose files are refused when they are too large. */
export function defineStudyKind<Schema extends KindSchema>({
  longChecks,
  ...parts
}: StudyKindParts<Schema>): StudyKind<Schema> {
  const sized = parts.schema.superRefine(
    refuseTooLarge((study: z.output<Schema>) => parts.sizes(study, false)),
  );
  return { ...parts, schema: longChecks === undefined ? sized : sized.superRefine(longChecks) };
}

/** @throws BAD_ARGUMENT: there is nothing to override. */
export function refuseOverrides(what: string): never {
  throw new BeamloopError('BAD_ARGUMENT', { what, todo: 'Leave out --users and --seed' });
}

/** `override` of a kind that computes and draws nobody. */
export function drawsNoUsers({ kind }: { readonly kind: string }): never {
  refuseOverrides(`A study of kind '${kind}' draws no users`);
}
