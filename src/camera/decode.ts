/** Decodes and resizes pictures. */
import type { Sharp } from 'sharp';
import { BeamloopError } from '../core/errors.js';
import type { Frame } from './frame.js';
import type { SourcePicture } from './frame-source.js';
import { sharp } from './sharp.js';

/** A picture of so many pixels is no camera's. */
const MOST_PIXELS = 64e6;

/** A square frame, and the size that the picture had. */
export interface ResizedFrame {
  readonly frame: Frame;
  readonly width: number;
  readonly height: number;
}

/**
 * Brings a picture to a square, whatever its aspect.
 *
 * @param size pixels of a side.
 * @throws BAD_ARGUMENT for what is no picture.
 */
export async function resizedFrame(
  { boardTimeS, picture }: SourcePicture,
  size: number,
): Promise<ResizedFrame> {
  if (!(picture instanceof Uint8Array)) {
    const { width, height, channels, pixels } = picture;
    if (width === size && height === size) return { frame: { boardTimeS, ...picture }, width, height };
    const made = await resized(sharp()(pixels, { raw: { width, height, channels } }), size);
    return { frame: { boardTimeS, ...made }, width, height };
  }
  try {
    // A picture that ends early is broken: what is missing of it would look like something that moved.
    const image = sharp()(picture, { failOn: 'warning', limitInputPixels: MOST_PIXELS });
    const { width, height } = await image.metadata();
    return { frame: { boardTimeS, ...(await resized(image, size)) }, width, height };
  } catch (cause) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `The picture cannot be decoded: ${cause instanceof Error ? cause.message : String(cause)}`,
      todo: 'Give JPEG or PNG pictures',
      cause,
    });
  }
}

async function resized(image: Sharp, size: number): Promise<Omit<Frame, 'boardTimeS'>> {
  const { data, info } = await image
    .removeAlpha()
    .resize(size, size, { fit: 'fill' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  if (channels === 1 || channels === 3) return { width, height, channels, pixels: data };
  // Grey with something beside it.
  return { width, height, channels: 1, pixels: data.filter((_, k) => k % channels === 0) };
}
