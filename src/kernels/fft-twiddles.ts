/** The factors of fft.part.as.ts, as it wants them; shape [2 numPoints]. @param numPoints a power of two of at least 16. */
export function twiddles(numPoints: number): Float64Array {
  const out = new Float64Array(2 * numPoints);
  const quarter = numPoints / 4;
  const set = (at: number, turns: number, step: number) => {
    out[at] = Math.cos(2 * Math.PI * turns);
    out[at + step] = -Math.sin(2 * Math.PI * turns);
  };
  for (let p = 0; p < quarter; p++) {
    for (const power of [1, 2, 3]) set(2 * (power - 1) * quarter + p, (power * p) / numPoints, quarter);
  }
  let at = 6 * quarter;
  for (let length = quarter; length > 4; length /= 4) {
    for (let p = 0; p < length / 4; p++) {
      for (const power of [1, 2, 3]) {
        set(at, (power * p) / length, 1);
        at += 2;
      }
    }
  }
  return out;
}
