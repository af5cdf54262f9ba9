/** Why slots may not be found: the waveform is there, at another number of samples per second than was said. */
import { Fft } from './fft.js';
import { noSum, PrefixSums } from './prefix-timing.js';
import { NUM_KINDS, type Waveform } from './waveform.js';

/** Multiples of what chance gives, over all lags. */
const THRESHOLD = 7;
/** A peak nearer than this to where it should be is no other rate. */
const SAME = 0.01;
const MOST_SAMPLES = 1 << 17;

/**
 * Samples per second that the stream seems to have, by after how many samples it repeats itself: prefixes after one symbol, symbols of a
 * kind after three with their prefixes. Null where it does not, or does as it should.
 */
export function guessRateHz(
  re: Float32Array,
  im: Float32Array,
  from: number,
  count: number,
  waveform: Waveform,
): number | null {
  const { fftSize, symbolSamples, sampleRateHz } = waveform;
  const length = Math.min(count, MOST_SAMPLES);
  const sizes = autocorrelation(re, im, from, length);
  const kinds = (NUM_KINDS * symbolSamples) / fftSize;
  const most = Math.min(Math.floor(length / 2), Math.ceil(4 * kinds * fftSize));
  const floor = sizes[0]! / Math.sqrt(length);
  const isPeak = (lag: number) => lag < sizes.length && sizes[lag]! > THRESHOLD * floor;
  let best = 0;
  for (let lag = Math.ceil(fftSize / 8); lag < most; lag++)
    if (best === 0 || sizes[lag]! > sizes[best]!) best = lag;
  if (!isPeak(best)) return null;
  const ofSymbol = [-1, 0, 1].map((more) => Math.round(best / kinds) + more).find(isPeak);
  const lag = ofSymbol === undefined ? best : best / kinds;
  const ratio = lag / fftSize;
  return Math.abs(ratio - 1) < SAME ? null : ratio * sampleRateHz;
}

/**
 * After how many samples slots begin anew, where the waveform's symbols are there and its slots have another length than they should;
 * null where neither can be told.
 */
export function guessSlotSamples(
  re: Float32Array,
  im: Float32Array,
  from: number,
  count: number,
  waveform: Waveform,
): number | null {
  const { fftSize, prefix, symbolSamples, numSymbols, slotSamples } = waveform;
  const step = Math.max(1, prefix >> 2);
  const sums = new PrefixSums(waveform);
  sums.compute(re, im, from, Math.min(count, 8 * MOST_SAMPLES));
  // Where prefixes are, and where not.
  const places = Math.floor((Math.min(count, 8 * MOST_SAMPLES) - fftSize - prefix) / step);
  if (places < 8) return null;
  const envelope = Float32Array.from({ length: places }, (_, k) => {
    const sum = noSum();
    sums.addTo(sum, k * step);
    return Math.hypot(sum.re, sum.im);
  });
  const mean = envelope.reduce((sum, value) => sum + value, 0) / places;
  const sizes = autocorrelation(
    envelope.map((value) => value - mean),
    new Float32Array(places),
    0,
    places,
  );
  // As far as a slot at least; sums over fewer terms are made as large as the others.
  const least = Math.ceil((0.9 * numSymbols * symbolSamples) / step);
  const valueAt = (lag: number) => (sizes[lag]! * places) / (places - lag);
  let most = 0;
  for (let lag = least; lag < 0.7 * places; lag++) most = Math.max(most, valueAt(lag));
  if (most < 0.5 * sizes[0]!) return null;
  let lag = least;
  while (valueAt(lag) < 0.9 * most) lag++;
  while (valueAt(lag + 1) > valueAt(lag)) lag++;
  const samples = lag * step;
  return Math.abs(samples - slotSamples) < 2 * step ? null : samples;
}

/** |sum over n of r[n] conj(r[n + lag])|, shape [a power of two]. */
function autocorrelation(re: Float32Array, im: Float32Array, from: number, count: number): Float64Array {
  const size = 2 ** Math.ceil(Math.log2(2 * count));
  const fft = new Fft(size);
  const x = new Float64Array(size);
  const y = new Float64Array(size);
  for (let n = 0; n < count; n++) {
    x[n] = re[from + n]!;
    y[n] = im[from + n]!;
  }
  fft.transform(x, y);
  for (let k = 0; k < size; k++) {
    x[k] = x[k]! ** 2 + y[k]! ** 2;
    y[k] = 0;
  }
  fft.transform(x, y);
  return x.map((value, k) => Math.hypot(value, y[k]!) / size);
}
