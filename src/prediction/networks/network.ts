/** What all networks have in common: named weights, a batch of windows in, scores of classes out. */
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../backend/tensorflow-type.js';
import { GATES, type Gate, type GateWeights, type GruWeights } from '../layers/gru.js';

export interface WeightShape {
  readonly name: string;
  readonly shape: readonly [number, number] | readonly [number, number, number, number];
  /** Uniform in +-this at the start; 0: zeros. */
  readonly spread: number;
}

/** Of all weights, in the network's order. */
export type WeightTensors = Readonly<Record<string, Tensor2D>>;

export interface BatchShape {
  readonly numWindows: number;
  readonly numSlots: number;
  readonly numUsers: number;
}

export interface Batch extends BatchShape {
  /** Standardised, [slots * windows, users + 1, features], slot after slot; node 0 is the base station, zeros. */
  readonly features: Tensor3D;
  /** Normalised and symmetric, [slots * windows, users + 1, users + 1]. */
  readonly adjacency: Tensor3D;
}

export interface Network {
  readonly weights: readonly WeightShape[];
  readonly numClasses: number;
  /** Scores before the softmax, [windows * users, classes]. */
  scores(tf: TensorFlow, weights: WeightTensors, batch: Batch): Tensor2D;
}

/** Glorot's spread for a weight of so many inputs and outputs. */
export function glorot(inputs: number, outputs: number): number {
  return Math.sqrt(6 / (inputs + outputs));
}

export function denseShapes(name: string, inputs: number, outputs: number): WeightShape[] {
  return [
    { name: `${name}.weight`, shape: [inputs, outputs], spread: glorot(inputs, outputs) },
    { name: `${name}.bias`, shape: [1, outputs], spread: 0 },
  ];
}

export function gruShapes(inputs: number, hidden: number): WeightShape[] {
  const spread = 1 / Math.sqrt(hidden);
  return GATES.flatMap((gate) => [
    { name: `gru.${gate}.input`, shape: [inputs, hidden] as const, spread },
    { name: `gru.${gate}.inputBias`, shape: [1, hidden] as const, spread },
    { name: `gru.${gate}.recurrent`, shape: [hidden, hidden] as const, spread },
    { name: `gru.${gate}.recurrentBias`, shape: [1, hidden] as const, spread },
  ]);
}

export function gruWeights(weights: WeightTensors): GruWeights {
  const of = (gate: Gate): GateWeights => ({
    input: weights[`gru.${gate}.input`]!,
    inputBias: weights[`gru.${gate}.inputBias`]!,
    recurrent: weights[`gru.${gate}.recurrent`]!,
    recurrentBias: weights[`gru.${gate}.recurrentBias`]!,
  });
  return { reset: of('reset'), update: of('update'), fresh: of('fresh') };
}

export function numWeights(shapes: readonly WeightShape[]): number {
  return shapes.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
