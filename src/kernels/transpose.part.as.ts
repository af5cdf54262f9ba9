/**
 * Stores four vectors of single precision so that lane k of all of them comes together, `stride` bytes after that of lane
 * k - 1 (AssemblyScript).
 */
// @ts-ignore: decorator
@inline
export function storeTransposed(to: usize, stride: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const ab2 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd2 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
  v128.store(to + stride, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
  v128.store(to + 2 * stride, v128.shuffle<f32>(ab2, cd2, 0, 1, 4, 5));
  v128.store(to + 3 * stride, v128.shuffle<f32>(ab2, cd2, 2, 3, 6, 7));
}
