/** The power of a whole slot by a window of its samples, and what of it may be noise (docs/radio.md, "A hardware trigger"). */
export interface WindowPower {
  /** Mean |x|², the unit of full scale. */
  readonly power: number;
  /** What of it is noise, if the rest is a carrier of one amplitude; more where it is not. */
  readonly noise: number;
}

/** Deviations of the variance of noise alone (a relative √(8 / n)) by which that of a carrier with noise must stay below it. */
const CARRIER_SIGMAS = 3;

/**
 * With a carrier of power P and noise of power s, |x|² has mean m = P + s and variance v = 2 P s + s², so s = m - sqrt(m² - v). Where v is as large as noise
 * alone makes it, that says nothing, and all may be noise.
 */
export function windowPower(re: Float32Array, im: Float32Array, from: number, count: number): WindowPower {
  let sum = 0;
  let squares = 0;
  for (let n = from; n < from + count; n++) {
    const power = re[n]! * re[n]! + im[n]! * im[n]!;
    sum += power;
    squares += power * power;
  }
  const mean = sum / count;
  const variance = Math.max(0, squares / count - mean * mean);
  const isCarrier = variance < mean * mean * (1 - CARRIER_SIGMAS * Math.sqrt(8 / count));
  return { power: mean, noise: isCarrier ? mean - Math.sqrt(mean * mean - variance) : mean };
}
