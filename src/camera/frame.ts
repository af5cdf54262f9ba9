/** A picture that a camera took, dated on the board's clock. */
export interface Frame {
  /** When it was taken, s of board time. */
  readonly boardTimeS: number;
  readonly width: number;
  readonly height: number;
  /** 1: grey; 3: red, green, blue. */
  readonly channels: 1 | 3;
  /** Row by row from the top, shape [height, width, channels]; 0 black to 255. */
  readonly pixels: Uint8Array;
}
