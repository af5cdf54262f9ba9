/** Bytes of samples come cut anywhere: what is left of one waits for the rest of it. */
import { BeamloopError } from '../core/errors.js';
import type { SampleFormat } from './sample-format.js';

export class WholeSamples {
  readonly #format: SampleFormat;
  /** Bytes of a sample whose others have not come. */
  #rest: Uint8Array = new Uint8Array(0);

  constructor(format: SampleFormat) {
    this.#format = format;
  }

  /** Bytes that begin with a sample, and how many whole ones they hold. */
  take(bytes: Uint8Array): { readonly bytes: Uint8Array; readonly count: number } {
    const all = this.#rest.length === 0 ? bytes : joined(this.#rest, bytes);
    const count = Math.floor(all.length / this.#format.bytes);
    this.#rest = all.slice(count * this.#format.bytes);
    return { bytes: all, count };
  }

  /** What comes next begins with a sample. */
  restart(): void {
    this.#rest = new Uint8Array(0);
  }

  /** What is wrong with a stream that ends here; null when it ends with a whole sample. */
  get cutOff(): BeamloopError | null {
    if (this.#rest.length === 0) return null;
    const { bytes, name } = this.#format;
    return new BeamloopError('SAMPLES_INVALID', {
      what: `The samples end in the middle of one: ${this.#rest.length} of the ${bytes} bytes of a ${name} sample are left over`,
      todo: 'Give the format in which the radio writes with --format; or the file was cut short',
    });
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}
