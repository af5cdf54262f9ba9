/** Gated recurrent unit (docs/model.md eq. 97). */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../backend/tensorflow-type.js';
import { dense } from './dense.js';

export const GATES = ['reset', 'update', 'fresh'] as const;
export type Gate = (typeof GATES)[number];

export interface GateWeights {
  /** [inputs, hidden]. */
  readonly input: Tensor2D;
  /** [1, hidden]. */
  readonly inputBias: Tensor2D;
  /** [hidden, hidden]. */
  readonly recurrent: Tensor2D;
  /** [1, hidden]. */
  readonly recurrentBias: Tensor2D;
}

export type GruWeights = Readonly<Record<Gate, GateWeights>>;

/**
 * Gated recurrent unit from a state of zeros, with two biases and the reset gate applied after the recurrent product (r, z, n
 * are the gates reset, update and fresh, i their inputs):
 * r = s(i_r + g W_r + b_r), z = s(i_z + g W_z + b_z), n = tanh(i_n + r (g W_n + b_n)), g' = (1 - z) n + z g.
 *
 * @param x [slots * rows, inputs], slot after slot.
 * @returns g after the last slot, [rows, hidden].
 */
export function gru(tf: TensorFlow, x: Tensor2D, numSlots: number, weights: GruWeights): Tensor2D {
  return recurrence(tf, x, numSlots, weights, 'last');
}

/** As `gru`; @returns g after every slot, [slots * rows, hidden], slot after slot. */
export function gruStates(tf: TensorFlow, x: Tensor2D, numSlots: number, weights: GruWeights): Tensor2D {
  return recurrence(tf, x, numSlots, weights, 'all');
}

function recurrence(
  tf: TensorFlow,
  x: Tensor2D,
  numSlots: number,
  weights: GruWeights,
  wanted: 'last' | 'all',
): Tensor2D {
  const gates = GATES.map((gate) => weights[gate]);
  const inputs = gates.map(({ input, inputBias }) => dense(tf, x, input, inputBias));
  const withGradient = tf.customGrad((...args) => {
    const [iR, iZ, iN, wR, wZ, wN, bR, bZ, bN] = args as unknown as Tensor2D[];
    const save = args[9] as unknown as (saved: Tensor[]) => void;
    const { last, states, slots } = forward(tf, [iR!, iZ!, iN!], [wR!, wZ!, wN!], [bR!, bZ!, bN!], numSlots);
    save([wR!, wZ!, wN!, ...states, ...slots.flatMap(({ r, z, n, past }) => [r, z, n, past])]);
    return {
      value: wanted === 'last' ? last : tf.concat([...states.slice(1), last], 0),
      gradFunc: (dy, saved) => backward(tf, dy as Tensor2D, saved as Tensor2D[], numSlots),
    };
  });
  return withGradient(
    ...inputs,
    ...gates.map(({ recurrent }) => recurrent),
    ...gates.map(({ recurrentBias }) => recurrentBias),
  ) as Tensor2D;
}

/** Gates of one slot, and `past` = g W_n + b_n. */
interface Slot {
  readonly r: Tensor2D;
  readonly z: Tensor2D;
  readonly n: Tensor2D;
  readonly past: Tensor2D;
}

type OfGates = readonly [Tensor2D, Tensor2D, Tensor2D];

function forward(tf: TensorFlow, inputs: OfGates, weights: OfGates, biases: OfGates, numSlots: number) {
  const hidden = weights[0].shape[0];
  const rows = inputs[0].shape[0] / numSlots;
  const bySlot = inputs.map((input) => tf.reshape(input, [numSlots, rows * hidden]));
  const inputOf = (gate: number, slot: number): Tensor2D =>
    tf.reshape(tf.gather(bySlot[gate]!, tf.tensor1d([slot], 'int32')), [rows, hidden]);
  const pastOf = (state: Tensor2D, gate: number): Tensor2D =>
    tf.add(tf.matMul<Tensor2D>(state, weights[gate]!), biases[gate]!);
  /** g before each slot. */
  const states: Tensor2D[] = [];
  const slots: Slot[] = [];
  let state: Tensor2D = tf.zeros([rows, hidden]);
  for (let slot = 0; slot < numSlots; slot++) {
    const r: Tensor2D = tf.sigmoid(tf.add<Tensor2D>(inputOf(0, slot), pastOf(state, 0)));
    const z: Tensor2D = tf.sigmoid(tf.add<Tensor2D>(inputOf(1, slot), pastOf(state, 1)));
    const past = pastOf(state, 2);
    const n: Tensor2D = tf.tanh(tf.add<Tensor2D>(inputOf(2, slot), tf.mul(r, past)));
    states.push(state);
    slots.push({ r, z, n, past });
    state = tf.add(n, tf.mul(z, tf.sub(state, n)));
  }
  return { last: state, states, slots };
}

/**
 * Back through time; products over all slots are made once, at the end.
 *
 * @param dy of the state after the last slot, or of those after all of them.
 */
function backward(tf: TensorFlow, dy: Tensor2D, saved: readonly Tensor2D[], numSlots: number): Tensor2D[] {
  const [wR, wZ, wN] = saved as unknown as OfGates;
  const turned = [wR, wZ, wN].map((weight) => tf.transpose(weight));
  const states = saved.slice(3, 3 + numSlots);
  const slopes = { r: [] as Tensor2D[], z: [] as Tensor2D[], n: [] as Tensor2D[], past: [] as Tensor2D[] };
  const rows = states[0]!.shape[0];
  const isOfLast = dy.shape[0] === rows;
  let d: Tensor2D = isOfLast ? dy : tf.zeros(states[0]!.shape);
  for (let slot = numSlots - 1; slot >= 0; slot--) {
    if (!isOfLast) d = tf.add(d, tf.slice(dy, [slot * rows, 0], [rows, dy.shape[1]]));
    const [r, z, n, past] = saved.slice(3 + numSlots + 4 * slot) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D];
    const state = states[slot]!;
    const kept: Tensor2D = tf.mul(d, z);
    const dN: Tensor2D = tf.mul(tf.sub(d, kept), tf.sub(1, tf.square(n)));
    const dPast: Tensor2D = tf.mul(dN, r);
    const dR: Tensor2D = tf.mul(tf.mul(dPast, past), tf.sub(1, r));
    const dZ: Tensor2D = tf.mul(tf.mul(kept, tf.sub(state, n)), tf.sub(1, z));
    slopes.r.unshift(dR);
    slopes.z.unshift(dZ);
    slopes.n.unshift(dN);
    slopes.past.unshift(dPast);
    const through = [dR, dZ, dPast].map((slope, gate) => tf.matMul<Tensor2D>(slope, turned[gate]!));
    d = tf.addN([kept, ...through]);
  }
  const [dR, dZ, dN, dPast] = [slopes.r, slopes.z, slopes.n, slopes.past].map(
    (ofSlots): Tensor2D => tf.concat(ofSlots, 0),
  ) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D];
  const before: Tensor2D = tf.concat(states, 0);
  const ones: Tensor2D = tf.ones([1, before.shape[0]]);
  const recurrent = [dR, dZ, dPast];
  return [
    ...[dR, dZ, dN],
    ...recurrent.map((slope) => tf.matMul<Tensor2D>(before, slope, true)),
    ...recurrent.map((slope) => tf.matMul<Tensor2D>(ones, slope)),
  ];
}
