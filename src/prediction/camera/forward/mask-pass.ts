/** From a motion mask to the numbers that the last convolution makes of it, without TensorFlow. */
import { FIRST_ADDRESS, instantiate, type WasmKernel } from '../../../kernels/wasm-module.js';
import { SMALL_VARIANCE } from '../../layers/batch-norm.js';
import type { CameraSizes } from '../networks/camera-network.js';
import { flatFeatures } from '../networks/camera-weights.js';

const FLOAT_BYTES = 4;
const TAPS = 9;
/** Outputs that the kernel makes at once. */
const LANES = 4;

/** block.as.ts, compiled to WebAssembly by the build. */
interface Kernel extends WasmKernel {
  block(
    x: number,
    height: number,
    width: number,
    inputs: number,
    w: number,
    b: number,
    outputs: number,
    out: number,
  ): void;
}

interface Block {
  readonly side: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

export class MaskPass {
  readonly #kernel: Kernel;
  readonly #blocks: readonly Block[];
  /** Pictures with their borders, [side + 2, side + 2, channels]: the mask, then what each block makes. */
  readonly #pictures: readonly Float32Array[];
  readonly #flat: Float32Array;

  /** @param valuesOf a weight by its name. */
  constructor({ size, channels }: CameraSizes, valuesOf: (name: string) => Float32Array) {
    const folded = channels.map((outputs, k) =>
      fold(`block${k + 1}`, channels[k - 1] ?? 1, outputs, valuesOf),
    );
    const sides = [size, ...channels.map((_, k) => Math.floor(size / 2 ** (k + 1)))];
    const lengths = [
      ...sides.map((side, k) => (side + 2) ** 2 * (channels[k - 1] ?? 1)),
      ...folded.flatMap(({ weights, bias }) => [weights.length, bias.length]),
    ];
    // Each begins at a multiple of 16 bytes.
    const numBytes = lengths.reduce((sum, length) => sum + 16 * Math.ceil((FLOAT_BYTES * length) / 16), 0);
    this.#kernel = instantiate<Kernel>('prediction/camera/forward/block.wasm', FIRST_ADDRESS + numBytes);
    let next = FIRST_ADDRESS;
    const array = (length: number) => {
      const made = new Float32Array(this.#kernel.memory.buffer, next, length);
      next += 16 * Math.ceil((FLOAT_BYTES * length) / 16);
      return made;
    };
    this.#pictures = sides.map((_, k) => array(lengths[k]!));
    this.#blocks = folded.map(({ weights, bias }, k) => {
      const [ownWeights, ownBias] = [array(weights.length), array(bias.length)];
      ownWeights.set(weights);
      ownBias.set(bias);
      const sizes = { side: sides[k]!, inputs: channels[k - 1] ?? 1, outputs: channels[k]! };
      return { ...sizes, weights: ownWeights, bias: ownBias };
    });
    this.#flat = new Float32Array(flatFeatures({ size, channels }));
  }

  /**
   * @param mask [size, size].
   * @returns [side, side, channels] of the last block; overwritten by the next call.
   */
  features(mask: Uint8Array): Float32Array {
    const [input] = this.#pictures;
    const { side } = this.#blocks[0]!;
    for (let row = 0; row < side; row++) {
      const at = (row + 1) * (side + 2) + 1;
      for (let column = 0; column < side; column++) input![at + column] = mask[row * side + column]!;
    }
    for (const [k, { side, inputs, outputs, weights, bias }] of this.#blocks.entries()) {
      const [x, out] = [this.#pictures[k]!.byteOffset, this.#pictures[k + 1]!.byteOffset];
      this.#kernel.block(x, side, side, inputs, weights.byteOffset, bias.byteOffset, outputs, out);
    }
    const last = this.#blocks.at(-1)!;
    const rest = Math.floor(last.side / 2);
    const made = this.#pictures.at(-1)!;
    for (let row = 0; row < rest; row++) {
      const from = ((row + 1) * (rest + 2) + 1) * last.outputs;
      this.#flat.set(made.subarray(from, from + rest * last.outputs), row * rest * last.outputs);
    }
    return this.#flat;
  }
}

/** A convolution with the normalisation after it as one: filters scaled, and a bias. */
function fold(
  name: string,
  inputs: number,
  outputs: number,
  valuesOf: (name: string) => Float32Array,
): Pick<Block, 'weights' | 'bias'> {
  const part = (what: string) => valuesOf(`${name}.${what}`);
  const [filter, ownBias, scale, shift] = ['filter', 'bias', 'scale', 'shift'].map(part);
  const [mean, variance] = ['mean', 'variance'].map(part);
  const slope = Float64Array.from(scale!, (each, c) => each / Math.sqrt(variance![c]! + SMALL_VARIANCE));
  const bias = Float32Array.from(slope, (each, c) => shift![c]! + (ownBias![c]! - mean![c]!) * each);
  const weights = new Float32Array(TAPS * inputs * outputs);
  let at = 0;
  for (let group = 0; group < outputs; group += LANES) {
    for (let input = 0; input < inputs; input++) {
      for (let tap = 0; tap < TAPS; tap++) {
        for (let c = group; c < group + LANES; c++) {
          weights[at++] = filter![(tap * inputs + input) * outputs + c]! * slope[c]!;
        }
      }
    }
  }
  return { weights, bias };
}
