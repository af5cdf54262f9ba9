/** The waveform as samples, for a transmitter that plays them. */
import type { SampleFormat } from './sample-format.js';
import { NUM_KINDS, SymbolTransform, type Waveform } from './waveform.js';

/** Its largest part, of full scale. */
const PEAK = 0.7;

/** Bytes of the slots `first` to `first + count - 1`, slot by slot; slot k of them begins at sample round(k S). */
export function* waveformBytes(
  waveform: Waveform,
  format: SampleFormat,
  first: number,
  count: number,
): Generator<Uint8Array> {
  const scale = PEAK / largestPart(waveform);
  for (let k = 0; k < count; k++) {
    const length = Math.round((k + 1) * waveform.slotSamples) - Math.round(k * waveform.slotSamples);
    const re = new Float32Array(length);
    const im = new Float32Array(length);
    forEachSymbol(waveform, first + k, (at, samples) => {
      for (let n = -waveform.prefix; n < waveform.fftSize; n++) {
        const from = (n + waveform.fftSize) % waveform.fftSize;
        re[at + waveform.prefix + n] = scale * samples.re[from]!;
        im[at + waveform.prefix + n] = scale * samples.im[from]!;
      }
    });
    const bytes = new Uint8Array(length * format.bytes);
    format.write(re, im, 0, length, bytes);
    yield bytes;
  }
}

function forEachSymbol(
  waveform: Waveform,
  slot: number,
  take: (at: number, samples: ReturnType<SymbolTransform['samples']>) => void,
): void {
  const transform = new SymbolTransform(waveform);
  for (let j = 0; j < waveform.numSymbols; j++)
    take(waveform.lead + j * waveform.symbolSamples, transform.samples(waveform.pilots(j % NUM_KINDS, slot)));
}

/** Of any symbol: every shift of the signs comes in the second kind's, and the third's are products of two. */
function largestPart(waveform: Waveform): number {
  const transform = new SymbolTransform(waveform);
  let most = 0;
  const look = (kind: number, slot: number) => {
    const { re, im } = transform.samples(waveform.pilots(kind, slot));
    for (let n = 0; n < re.length; n++) most = Math.max(most, Math.abs(re[n]!), Math.abs(im[n]!));
  };
  look(0, 0);
  for (let shift = 0; shift < waveform.numPilots; shift++) look(1, shift);
  return most;
}
