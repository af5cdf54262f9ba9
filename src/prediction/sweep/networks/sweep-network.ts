/**
 * Networks that name the best fine beam from the powers of a coarse sweep (Jin et al. 2026; docs/model.md eq. 116): one or two
 * branches of residual convolutions or of dense layers, a fusion of both, and heads.
 */
import { sizeOf, type WeightShape } from '../../layers/weight-shapes.js';

/** How the features of the two branches become one. `none`: there is one branch, and nobody is told positions. */
export const FUSIONS = ['none', 'auto', 'gan'] as const;
type Fusion = (typeof FUSIONS)[number];

/** One head that means the same in every sector, in the sector's own frame; or a head for each of three sectors, as printed. */
export const HEADS = ['shared', 'three'] as const;
export type Heads = (typeof HEADS)[number];

/** Convolution 1 x 1, convolution 3 x 3 with a stride, convolution 1 x 1, beside a shortcut. */
interface Bottleneck {
  readonly outputs: number;
  readonly stride: 1 | 2;
}

export interface BranchSizes {
  /** The powers are interpolated to a map of so many rows and columns. */
  readonly mapSize: number;
  readonly stem: { readonly outputs: number; readonly stride: 1 | 2 };
  readonly bottlenecks: readonly Bottleneck[];
  /** Outputs of a bottleneck over the channels between its convolutions. */
  readonly ratio: 1 | 2;
  /** Channels of a group of the 3 x 3 convolutions; null: all in one. */
  readonly groupWidth: number | null;
  /** Whether channels are weighed by squeeze and excitation, of a quarter of what comes into the bottleneck. */
  readonly withExcitation: boolean;
}

/** Dense layers with ReLUs over the powers as they are, and no picture of them: what convolutions are held against. */
export interface PerceptronSizes {
  /** Of the sweep's own grid. */
  readonly mapSize: number;
  /** Outputs of its layers. */
  readonly layers: readonly [number, ...number[]];
}

export type Branch = BranchSizes | PerceptronSizes;

export interface SweepSizes {
  readonly branch: Branch;
  readonly fusion: Fusion;
  readonly heads: Heads;
  readonly numBeams: number;
}

export const NUM_SECTORS = 3;
const TAPS = 9;

/** For a CPU: 74,000 weights a branch. */
export const REDUCED: BranchSizes = {
  mapSize: 8,
  stem: { outputs: 16, stride: 1 },
  bottlenecks: [
    { outputs: 24, stride: 2 },
    { outputs: 48, stride: 2 },
    { outputs: 96, stride: 2 },
    { outputs: 96, stride: 1 },
  ],
  ratio: 2,
  groupWidth: null,
  withExcitation: false,
};

const STAGES = [
  { depth: 2, outputs: 128 },
  { depth: 6, outputs: 192 },
  { depth: 12, outputs: 512 },
  { depth: 2, outputs: 1088 },
];

/** RegNetY-4GF (Radosavovic et al. 2020) with widths that are multiples of its group width. */
export const FULL: BranchSizes = {
  mapSize: 64,
  stem: { outputs: 32, stride: 2 },
  bottlenecks: STAGES.flatMap(({ depth, outputs }) =>
    Array.from({ length: depth }, (_, k): Bottleneck => ({ outputs, stride: k === 0 ? 2 : 1 })),
  ),
  ratio: 1,
  groupWidth: 64,
  withExcitation: true,
};

/** @param side beams of the sweep along an axis. */
export function perceptronFor(side: number): PerceptronSizes {
  return { mapSize: side, layers: [128, 128] };
}

export function isPerceptron(branch: Branch): branch is PerceptronSizes {
  return 'layers' in branch;
}

/** Features that come out of a branch. */
export function branchFeatures(branch: Branch): number {
  return isPerceptron(branch) ? branch.layers.at(-1)! : branch.bottlenecks.at(-1)!.outputs;
}

/** What comes into each of its layers, and what goes out. */
export function perceptronLayers({ mapSize, layers }: PerceptronSizes): [inputs: number, outputs: number][] {
  return layers.map((outputs, k) => [k === 0 ? mapSize ** 2 : layers[k - 1]!, outputs]);
}

/** What comes into a bottleneck, and its own sizes. */
export interface SizedBottleneck extends Bottleneck {
  readonly inputs: number;
  /** Between its convolutions. */
  readonly middle: number;
  readonly numGroups: number;
  /** Of the excitation; 0: there is none. */
  readonly squeezed: number;
  readonly hasShortcut: boolean;
  /** Rows and columns of the map that comes in. */
  readonly mapSize: number;
}

export function sizedBottlenecks(sizes: BranchSizes): SizedBottleneck[] {
  let inputs = sizes.stem.outputs;
  let mapSize = Math.ceil(sizes.mapSize / sizes.stem.stride);
  return sizes.bottlenecks.map((bottleneck) => {
    const { outputs, stride } = bottleneck;
    const middle = outputs / sizes.ratio;
    const sized = {
      ...{ ...bottleneck, inputs, middle, mapSize },
      numGroups: sizes.groupWidth === null ? 1 : middle / sizes.groupWidth,
      squeezed: sizes.withExcitation ? Math.floor(inputs / 4) : 0,
      hasShortcut: stride !== 1 || inputs !== outputs,
    };
    inputs = outputs;
    mapSize = Math.ceil(mapSize / stride);
    return sized;
  });
}

/** Weights of a branch, named after it. */
export function branchShapes(branch: string, sizes: Branch): WeightShape[] {
  if (isPerceptron(sizes)) {
    return perceptronLayers(sizes).flatMap(([inputs, outputs], k) =>
      linearShapes(`${branch}.layer${k + 1}`, inputs, outputs),
    );
  }
  return [
    ...convolutionShapes(`${branch}.stem`, 3, 1, sizes.stem.outputs),
    ...sizedBottlenecks(sizes).flatMap((bottleneck, k) =>
      bottleneckShapes(`${branch}.block${k + 1}`, bottleneck),
    ),
  ];
}

function bottleneckShapes(name: string, bottleneck: SizedBottleneck): WeightShape[] {
  const { inputs, outputs, middle, numGroups, squeezed, hasShortcut } = bottleneck;
  return [
    ...convolutionShapes(`${name}.in`, 1, inputs, middle),
    // Side by side: each group sees its own share of the channels.
    ...convolutionShapes(`${name}.across`, 3, middle / numGroups, middle),
    ...(squeezed === 0
      ? []
      : [
          ...linearShapes(`${name}.squeeze`, middle, squeezed),
          ...linearShapes(`${name}.excite`, squeezed, middle),
        ]),
    ...convolutionShapes(`${name}.out`, 1, middle, outputs),
    ...(hasShortcut ? convolutionShapes(`${name}.shortcut`, 1, inputs, outputs) : []),
  ];
}

/** A convolution without a bias, and a normalisation with its running statistics. */
function convolutionShapes(name: string, size: 1 | 3, inputs: number, outputs: number): WeightShape[] {
  const spread = Math.sqrt(6 / (size * size * inputs));
  return [
    { name: `${name}.filter`, shape: [size, size, inputs, outputs], spread },
    { name: `${name}.scale`, shape: [1, outputs], spread: 0, begins: 1 },
    { name: `${name}.shift`, shape: [1, outputs], spread: 0 },
    { name: `${name}.mean`, shape: [1, outputs], spread: 0, isLearned: false },
    { name: `${name}.variance`, shape: [1, outputs], spread: 0, begins: 1, isLearned: false },
  ];
}

function linearShapes(name: string, inputs: number, outputs: number): WeightShape[] {
  const spread = 1 / Math.sqrt(inputs);
  return [
    { name: `${name}.weight`, shape: [inputs, outputs], spread },
    { name: `${name}.bias`, shape: [1, outputs], spread: 0 },
  ];
}

export function headNames(heads: Heads): string[] {
  return heads === 'shared' ? ['head'] : Array.from({ length: NUM_SECTORS }, (_, k) => `head${k + 1}`);
}

/** All weights of a network, those that are of training alone included. */
export function sweepShapes({ branch, fusion, heads, numBeams }: SweepSizes): WeightShape[] {
  const features = branchFeatures(branch);
  const headInputs = fusion === 'gan' ? 2 * features : features;
  return [
    ...branchShapes('beam', branch),
    ...(fusion === 'none'
      ? []
      : [...branchShapes('place', branch), ...linearShapes('position', features, 2)]),
    ...(fusion === 'auto' ? autoFusionShapes('fusion', 2 * features, features) : []),
    ...(fusion === 'gan' ? ganFusionShapes(features) : []),
    ...headNames(heads).flatMap((name) => linearShapes(name, headInputs, numBeams)),
  ];
}

/** Those of what runs: the rest is of training alone. */
export function runningShapes(sizes: SweepSizes): WeightShape[] {
  // A generator makes features of places by itself.
  const left = sizes.fusion === 'gan' ? /^(place|position|enhance|judge)/ : /^(position|fusion\.back)/;
  return sweepShapes(sizes).filter(({ name }) => !left.test(name));
}

/** Basic: inputs - features - features; back: features - features - inputs. */
function autoFusionShapes(name: string, inputs: number, features: number): WeightShape[] {
  return [
    ...linearShapes(`${name}.basic1`, inputs, features),
    ...linearShapes(`${name}.basic2`, features, features),
    ...linearShapes(`${name}.back1`, features, features),
    ...linearShapes(`${name}.back2`, features, inputs),
  ];
}

/** The position's features enhanced by themselves, a generator of the like from the beam's, and a judge of both. */
function ganFusionShapes(features: number): WeightShape[] {
  const normal = (name: string): WeightShape[] => [
    { name: `${name}.scale`, shape: [1, features], spread: 0, begins: 1 },
    { name: `${name}.shift`, shape: [1, features], spread: 0 },
    { name: `${name}.mean`, shape: [1, features], spread: 0, isLearned: false },
    { name: `${name}.variance`, shape: [1, features], spread: 0, begins: 1, isLearned: false },
  ];
  return [
    ...linearShapes('enhance.basic1', features, features),
    ...linearShapes('enhance.basic2', features, features),
    ...linearShapes('enhance.back1', features, features),
    ...linearShapes('enhance.back2', features, features),
    ...linearShapes('generator1', features, 2 * features),
    ...linearShapes('generator2', 2 * features, 2 * features),
    ...linearShapes('generator3', 2 * features, features),
    ...linearShapes('judge1', features, features),
    ...normal('judge1'),
    ...linearShapes('judge2', features, features),
    ...normal('judge2'),
    ...linearShapes('judge3', features, 1),
  ];
}

/** Weights that are learned. */
export function numLearned(shapes: readonly WeightShape[]): number {
  return shapes.reduce((sum, { shape, isLearned }) => sum + (isLearned === false ? 0 : sizeOf(shape)), 0);
}

/** Multiplications with an addition that one branch takes for one map. */
export function branchMultiplications(sizes: Branch): number {
  if (isPerceptron(sizes)) {
    return perceptronLayers(sizes).reduce((sum, [inputs, outputs]) => sum + inputs * outputs, 0);
  }
  const stemSize = Math.ceil(sizes.mapSize / sizes.stem.stride);
  return sizedBottlenecks(sizes).reduce(
    (sum, { inputs, outputs, middle, numGroups, squeezed, hasShortcut, mapSize, stride }) => {
      const places = Math.ceil(mapSize / stride) ** 2;
      return (
        sum +
        mapSize ** 2 * inputs * middle +
        places * (TAPS * (middle / numGroups) * middle + middle * outputs) +
        2 * middle * squeezed +
        (hasShortcut ? places * inputs * outputs : 0)
      );
    },
    stemSize ** 2 * TAPS * sizes.stem.outputs,
  );
}

/** The same of a whole network that runs, and of all that goes forward in training. */
export function sweepMultiplications(sizes: SweepSizes): {
  readonly running: number;
  readonly training: number;
} {
  const { branch, fusion, numBeams } = sizes;
  const one = branchMultiplications(branch);
  const dense = (shapes: readonly WeightShape[]) =>
    shapes.reduce(
      (sum, { name, shape }) =>
        sum + (/^(fusion|position|enhance|generator|judge).*weight$/.test(name) ? sizeOf(shape) : 0),
      0,
    );
  // Of three heads one speaks.
  const head = branchFeatures(branch) * (fusion === 'gan' ? 2 : 1) * numBeams;
  const numBranches = { none: 1, auto: 2, gan: 1 }[fusion];
  return {
    running: head + numBranches * one + dense(runningShapes(sizes)),
    training: head + (fusion === 'none' ? one : 2 * one) + dense(sweepShapes(sizes)),
  };
}
