/** Names and shapes of a camera network's weights, and what they cost. */
import { GATES } from '../../layers/gru.js';
import { denseShapes, sizeOf, type WeightShape } from '../../layers/weight-shapes.js';
import { NUM_FRAMES, NUM_MASKS, NUM_SLOTS } from '../data/window-set.js';
import { type CameraSizes, FEATURES } from './camera-network.js';

/** Slots that the recurrent unit goes over: those of the masks, then the later ones that are foretold. */
export const NUM_STEPS = NUM_MASKS + NUM_SLOTS - 1;
const TAPS = 9;

export function cameraShapes(sizes: CameraSizes): WeightShape[] {
  const flat = flatFeatures(sizes);
  return [
    ...sizes.channels.flatMap((outputs, k) =>
      blockShapes(`block${k + 1}`, sizes.channels[k - 1] ?? 1, outputs),
    ),
    ...chainShapes('embedding', flat, sizes.embedding),
    ...normShapes('norm', FEATURES),
    ...recurrentShapes('gru1', FEATURES),
    ...recurrentShapes('gru2', FEATURES),
    ...(sizes.withAttention ? attentionShapes() : []),
    ...chainShapes('head', FEATURES, [...sizes.head, sizes.numBeams]),
  ];
}

/** Numbers that come out of the last convolution. */
export function flatFeatures({ size, channels }: Pick<CameraSizes, 'size' | 'channels'>): number {
  return Math.floor(size / 2 ** channels.length) ** 2 * channels.at(-1)!;
}

function chainShapes(name: string, inputs: number, outputs: readonly number[]): WeightShape[] {
  return outputs.flatMap((size, k) => denseShapes(`${name}${k + 1}`, outputs[k - 1] ?? inputs, size));
}

function attentionShapes(): WeightShape[] {
  return ['query', 'key', 'value', 'out'].flatMap((part) =>
    denseShapes(`attention.${part}`, FEATURES, FEATURES),
  );
}

function recurrentShapes(name: string, inputs: number): WeightShape[] {
  const spread = 1 / Math.sqrt(FEATURES);
  return GATES.flatMap((gate) => [
    { name: `${name}.${gate}.input`, shape: [inputs, FEATURES], spread },
    { name: `${name}.${gate}.inputBias`, shape: [1, FEATURES], spread },
    { name: `${name}.${gate}.recurrent`, shape: [FEATURES, FEATURES], spread },
    { name: `${name}.${gate}.recurrentBias`, shape: [1, FEATURES], spread },
  ]);
}

function normShapes(name: string, size: number): WeightShape[] {
  return [
    { name: `${name}.scale`, shape: [1, size], spread: 0, begins: 1 },
    { name: `${name}.shift`, shape: [1, size], spread: 0 },
  ];
}

/** A convolution, and a normalisation with its running statistics. */
function blockShapes(name: string, inputs: number, outputs: number): WeightShape[] {
  const spread = Math.sqrt(6 / (TAPS * inputs));
  return [
    { name: `${name}.filter`, shape: [3, 3, inputs, outputs], spread },
    // The normalisation takes it away again: it stays at 0.
    { name: `${name}.bias`, shape: [1, outputs], spread: 0, isLearned: false },
    ...normShapes(name, outputs),
    { name: `${name}.mean`, shape: [1, outputs], spread: 0, isLearned: false },
    { name: `${name}.variance`, shape: [1, outputs], spread: 0, begins: 1, isLearned: false },
  ];
}

/** Weights as papers count them: all but running statistics. */
export function numParameters(shapes: readonly WeightShape[]): number {
  return shapes
    .filter(({ name }) => !name.endsWith('.mean') && !name.endsWith('.variance'))
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** Of one step of one recurrent unit. */
const RECURRENT = 2 * GATES.length * FEATURES ** 2;

/** Multiplications with an addition for one frame: its convolutions and dense layers, and a step of the recurrent units. */
export function multiplicationsPerFrame(sizes: CameraSizes): number {
  return featuresOfFrame(sizes) + 2 * RECURRENT;
}

/** For all that comes with one more frame: its features, the recurrent units over all steps, attention and head for seven slots. */
export function multiplicationsPerStep(sizes: CameraSizes): number {
  return (
    featuresOfFrame(sizes) +
    2 * NUM_STEPS * RECURRENT +
    (sizes.withAttention ? attentionTo(NUM_STEPS) : 0) +
    NUM_SLOTS * denseChain([FEATURES, ...sizes.head, sizes.numBeams])
  );
}

/** Of the network that goes by the beams of the slots before. */
export function multiplicationsOfHistory(numBeams: number): number {
  return (
    NUM_FRAMES * HISTORY_EMBEDDING * FEATURES +
    NUM_HISTORY_STEPS * RECURRENT +
    attentionTo(NUM_HISTORY_STEPS) +
    NUM_SLOTS * denseChain([FEATURES, FEATURES, numBeams])
  );
}

/** Of the last seven steps to all: keys and values of all, queries and outputs of the seven, products and sums between them. */
function attentionTo(numSteps: number): number {
  return (2 * numSteps + 2 * NUM_SLOTS) * FEATURES ** 2 + 2 * NUM_SLOTS * numSteps * FEATURES;
}

function denseChain(sizes: readonly number[]): number {
  return sizes.reduce((sum, size, k) => (k === 0 ? 0 : sum + sizes[k - 1]! * size), 0);
}

function featuresOfFrame(sizes: CameraSizes): number {
  const { size, channels, embedding } = sizes;
  const convolutions = channels.reduce(
    (sum, outputs, k) => sum + Math.floor(size / 2 ** k) ** 2 * TAPS * (channels[k - 1] ?? 1) * outputs,
    0,
  );
  return convolutions + denseChain([flatFeatures(sizes), ...embedding]);
}

/** Shapes of the network that goes by the beams of the slots before, with 32 numbers a beam. */
export function historyShapes(numBeams: number): WeightShape[] {
  return [
    { name: 'beams', shape: [numBeams, HISTORY_EMBEDDING], spread: 1 },
    ...denseShapes('embedding1', HISTORY_EMBEDDING, FEATURES),
    ...recurrentShapes('gru1', FEATURES),
    ...attentionShapes(),
    ...chainShapes('head', FEATURES, [FEATURES, numBeams]),
  ];
}

const HISTORY_EMBEDDING = 32;
/** Slots that it goes over: those whose beams it is told, then those that are foretold. */
export const NUM_HISTORY_STEPS = NUM_FRAMES + NUM_SLOTS;
