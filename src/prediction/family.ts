/** A family of networks: what they learn from, and how they are trained, scored and described. families.ts lists them. */

import type { Executor } from '../fan-out/executor.js';
import type { TrainOptions } from './learning/train-in-folder.js';
import type { EpochRecord, SeededFile } from './learning/training-state.js';

/** What came of a training, for whoever asked for it. */
export interface Trained {
  /** Of the network. */
  readonly title: string;
  readonly contentHash: string;
  readonly history: readonly EpochRecord[];
  /** Whose weights were kept, from 1. */
  readonly epoch: number;
  /** What the model is worth on the validation data, in a sentence. */
  readonly sentence: string;
  /** The same for machines. */
  readonly result: Readonly<Record<string, unknown>>;
}

export interface EvaluationOptions {
  /** Examples to draw: windows, or users. */
  readonly numExamples: number;
  readonly seed: number;
  /** Draws data, where they are drawn. */
  readonly executor: Executor;
  /** A data set in place of what is drawn: for sweeps one of its base stations, where users abroad are; for cameras its passes. */
  readonly data?: { readonly set: string; readonly base?: string | undefined } | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((what: string, numDone: number, numInAll: number) => void) | undefined;
}

/** Scores of models and of what needs no training. */
export interface Evaluation {
  /** What was predicted, and from what. */
  readonly heading: string;
  readonly columns: readonly string[];
  /** A name, then numbers as text. */
  readonly rows: readonly (readonly string[])[];
  /** What the columns mean. */
  readonly notes: readonly string[];
  /** The same for machines. */
  readonly result: Readonly<Record<string, unknown>>;
}

/** A curve over the epochs of training. */
interface LearningCurve {
  readonly name: string;
  readonly values: readonly number[];
  /** Not of the model, but to hold it against. */
  readonly isReference?: boolean;
}

/** What a model's card says. */
export interface ModelCard {
  readonly title: string;
  readonly outcome: string;
  /** What it is for. */
  readonly purpose: readonly (readonly [string, string])[];
  readonly figures: readonly {
    readonly title: string;
    readonly caption: string;
    readonly axis: string;
    readonly curves: readonly LearningCurve[];
  }[];
  readonly epochs: {
    readonly columns: readonly string[];
    readonly rows: readonly (readonly string[])[];
  };
  /** How it was made. */
  readonly making: readonly (readonly [string, string])[];
  readonly contentHash: string;
}

export interface Family {
  /** By the names that model files give them. */
  readonly networks: readonly string[];
  /** Figures of an epoch of training, as a line of progress has them. */
  figuresText(record: EpochRecord): string;
  /** @throws as `readSettingsFile`. */
  readModelFile(file: string): SeededFile;
  /** Whether the data that it learns from are drawn, and not read. */
  drawsData(model: SeededFile): boolean;
  /** @param model as `readModelFile` gave it. */
  train(model: SeededFile, options: TrainOptions): Promise<Trained>;
  /** Whether `evaluate` takes a data set. */
  readonly evaluatesData?: boolean;
  /** @throws MODEL_INVALID, MODEL_MISMATCH; the signal's reason. */
  evaluate(folders: readonly string[], options: EvaluationOptions): Promise<Evaluation>;
  /** @throws MODEL_INVALID. */
  cardOf(folder: string): ModelCard;
}
