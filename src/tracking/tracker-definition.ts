/** What beamloop knows of a tracker. Every tracker is one file and one entry of a list. */
import { z } from 'zod';
import { choiceSchemas } from '../core/choice-schema.js';
import type { Tracker, TrackerSetting } from './tracker.js';

/** A tracker with its options as a scenario or study file chooses it: plain data, defaults filled in. */
export interface TrackerChoice {
  readonly name: string;
  readonly [option: string]: unknown;
}

export interface TrackerDefinition {
  /** As files and recordings have it. */
  readonly name: string;
  /** As figures and reports have it. */
  readonly title: string;
  /** Where it is published. */
  readonly source: string;
  /** Options, each with its schema, in the order in which they are recorded. */
  readonly options: z.core.$ZodLooseShape;
  /**
   * A tracker may be read from files, so that it takes its time.
   *
   * @throws BAD_ARGUMENT when it cannot work with the setting, and what reading its files throws.
   */
  readonly build: (options: TrackerChoice, setting: TrackerSetting) => Tracker | Promise<Tracker>;
}

/** A tracker whose options are those of the very schema in its definition. */
export function trackerDefinition<const S extends z.core.$ZodLooseShape>(
  definition: Omit<TrackerDefinition, 'options' | 'build'> & {
    readonly options: S;
    readonly build: (
      options: { readonly name: string } & z.output<z.ZodObject<S>>,
      setting: TrackerSetting,
    ) => Tracker | Promise<Tracker>;
  },
): TrackerDefinition {
  return definition as unknown as TrackerDefinition;
}

/** Schema of a tracker: its name alone (`hold`), or a map with its name and options. */
export function trackerSchemaOf(definitions: readonly TrackerDefinition[]): z.ZodType<TrackerChoice> {
  const schemas = definitions.map(({ name, options }) =>
    z.strictObject({ name: z.literal(name), ...options }),
  );
  return choiceSchemas<TrackerChoice>(
    definitions.map(({ name }) => name),
    schemas,
  ).either;
}
