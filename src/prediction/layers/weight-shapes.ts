/** Named weights of networks: their shapes, and what they are drawn from at the start. */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { GATES, type Gate, type GateWeights, type GruWeights } from './gru.js';

export interface WeightShape {
  readonly name: string;
  readonly shape: readonly number[];
  /** Uniform in +-this at the start; 0: all as `begins`. */
  readonly spread: number;
  /** Without a spread: what all begin as; 0 unless given. */
  readonly begins?: number;
  /** Learned by steps down a gradient unless this is false: statistics that training keeps beside what it learns. */
  readonly isLearned?: false;
}

/** Of all weights, in the network's order. */
export type WeightTensors = Readonly<Record<string, Tensor2D>>;

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
