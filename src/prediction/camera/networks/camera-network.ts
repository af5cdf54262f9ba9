/**
 * Beams from a camera's motion masks (Ma et al. 2025): a small CNN makes a feature of every mask, a recurrent unit goes over the
 * features and over zeros for the slots to come, and attention looks at all of them.
 */

export const FEATURES = 64;
export const NUM_HEADS = 8;

/** What a network is made of. */
export interface CameraSizes {
  /** Pixels of a side of a mask. */
  readonly size: number;
  /** Of the convolutions, each followed by a pooling that halves the picture. */
  readonly channels: readonly number[];
  /** Outputs of the dense layers after them; the last are the features. */
  readonly embedding: readonly number[];
  /** Outputs of the dense layers of the head, without the last, which are the beams. */
  readonly head: readonly number[];
  readonly numBeams: number;
  readonly withAttention: boolean;
  /** Shares left out in training: after each dense layer of the embedding, between recurrent layers, after each of the head. */
  readonly dropout: {
    readonly embedding: readonly number[];
    readonly recurrent: number;
    readonly head: readonly number[];
  };
}

export type CameraNetworkName = 'full' | 'miniature';

export function cameraSizes(
  name: CameraNetworkName,
  { numBeams, withAttention }: Pick<CameraSizes, 'numBeams' | 'withAttention'>,
): CameraSizes {
  return name === 'full'
    ? {
        ...{ size: 224, channels: [4, 8, 16, 32, 64], embedding: [512, 128, 64, FEATURES] },
        ...{ head: [64, 64], numBeams, withAttention },
        dropout: { embedding: [0.5, 0.3, 0.2], recurrent: 0.8, head: [0.5, 0.3] },
      }
    : {
        ...{ size: 56, channels: [4, 8, 16, 32], embedding: [128, FEATURES], head: [64] },
        ...{ numBeams, withAttention, dropout: { embedding: [0], recurrent: 0, head: [0] } },
      };
}
