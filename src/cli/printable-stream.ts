import { Writable } from 'node:stream';
import { printableLines } from '../core/printable.js';

/**
 * A stream on whose way to `target` control characters are escaped: what boards, UEs and files say is part of most of what
 * is printed. Waits when `target` does.
 */
export function printableStream(target: NodeJS.WritableStream): NodeJS.WritableStream {
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string | Uint8Array, _encoding, done) {
      const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
      // Called back at once where possible: what is written before the process ends must be out by then.
      if (target.write(printableLines(text))) done();
      else target.once('drain', () => done());
    },
  });
  return stream;
}
