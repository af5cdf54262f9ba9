/**
 * A client of iiod, the server of Linux' industrial I/O on TCP, in its text protocol: one request at a time, each answered by a number
 * (a length, or a negative error number of Linux) and what it announces.
 */
import type { Clock } from '../../../src/core/clock.js';
import { BeamloopError } from '../../../src/core/errors.js';
import { clipped } from '../../../src/core/printable.js';
import type { Transport } from '../../transports/transport.js';

/** What an answer may announce at most; contexts of large machines have some 100 KiB. */
const MOST_BYTES = 4 << 20;
/** Digits, sign and end of a number. */
const MOST_NUMBER = 64;

const ERRNO: Readonly<Record<number, string>> = {
  1: 'operation not permitted',
  2: 'no such attribute',
  5: 'input or output error',
  13: 'permission denied',
  16: 'device busy',
  19: 'no such device',
  22: 'invalid argument',
  38: 'not implemented',
  110: 'timed out',
};

export class IiodClient {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #timeoutS: number;
  #buffer = '';
  #lost: string | null = 'it was not opened';
  #onLost: (reason: string) => void = () => {};
  #wake: () => void = () => {};
  readonly #counts = {
    bytesSent: 0,
    bytesReceived: 0,
    commandsSent: 0,
    answersReceived: 0,
    retries: 0,
    garbled: 0,
  };
  #roundTripS: number | null = null;

  constructor(transport: Transport, clock: Clock, timeoutS: number) {
    this.#transport = transport;
    this.#clock = clock;
    this.#timeoutS = timeoutS;
  }

  async open(onLost: (reason: string) => void): Promise<void> {
    this.#buffer = '';
    await this.#transport.open({
      onBytes: (bytes) => {
        this.#counts.bytesReceived += bytes.length;
        this.#buffer += Buffer.from(bytes).toString('latin1');
        this.#wake();
      },
      onClosed: (reason) => this.#lose(reason),
    });
    this.#lost = null;
    this.#onLost = onLost;
  }

  async close(): Promise<void> {
    this.#lost ??= 'it was closed';
    this.#wake();
    await this.#transport.close();
  }

  statistics() {
    return { ...this.#counts, roundTripS: this.#roundTripS };
  }

  async version(): Promise<string> {
    await this.#send('VERSION\r\n');
    return this.#line('VERSION', this.#clock.nowS() + this.#timeoutS);
  }

  /** The XML that tells of devices, channels and attributes. */
  context(): Promise<string> {
    return this.#readText('PRINT');
  }

  /** @param what `DEVICE ATTRIBUTE`, or `DEVICE OUTPUT CHANNEL ATTRIBUTE`. */
  read(what: string): Promise<string> {
    return this.#readText(`READ ${what}`);
  }

  /** Resolves when iiod answered that all of it was taken. Throws BOARD_REFUSED, BOARD_SILENT, PORT_FAILED. */
  async write(what: string, text: string): Promise<void> {
    const payload = `${text}\0`;
    const request = `WRITE ${what}`;
    const length = await this.#number(request, `${request} ${payload.length}\r\n${payload}`);
    if (length !== payload.length)
      throw this.#outOfStep(`${request}: it took ${length} of ${payload.length} bytes`);
  }

  async #readText(request: string): Promise<string> {
    const length = await this.#number(request, `${request}\r\n`);
    if (length > MOST_BYTES) throw this.#outOfStep(`${request}: it announces ${length} bytes`);
    const untilS = this.#clock.nowS() + this.#timeoutS;
    // The text, and the end of its line.
    while (this.#buffer.length < length + 1) await this.#more(request, untilS);
    const text = this.#buffer.slice(0, length);
    this.#buffer = this.#buffer.slice(length + 1);
    return text.replace(/[\0\n]+$/, '');
  }

  async #number(request: string, bytes: string): Promise<number> {
    const sentS = this.#clock.nowS();
    await this.#send(bytes);
    const line = await this.#line(request, sentS + this.#timeoutS);
    if (!/^-?\d{1,10}$/.test(line))
      throw this.#outOfStep(`${request}: '${clipped(line)}' came in place of a number`);
    this.#counts.answersReceived++;
    const tookS = this.#clock.nowS() - sentS;
    this.#roundTripS = this.#roundTripS === null ? tookS : this.#roundTripS + (tookS - this.#roundTripS) / 8;
    const value = Number(line);
    if (value >= 0) return value;
    throw new BeamloopError('BOARD_REFUSED', {
      what: `iiod answers '${request}' with ${value}${ERRNO[-value] === undefined ? '' : `, ${ERRNO[-value]}`}`,
      where: this.#transport.name,
      todo: 'Check with `iio_attr -u ip:HOST` that the device has this attribute and takes such values',
    });
  }

  async #line(request: string, untilS: number): Promise<string> {
    for (;;) {
      const end = this.#buffer.indexOf('\n');
      if (end >= 0) {
        const line = this.#buffer.slice(0, end);
        this.#buffer = this.#buffer.slice(end + 1);
        return line.replace(/\r$/, '');
      }
      if (this.#buffer.length > MOST_NUMBER) throw this.#outOfStep(`${request}: no number came`);
      await this.#more(request, untilS);
    }
  }

  /** Waits for bytes. Where none come the stream cannot be gone on with: the next answer could be this one's. */
  async #more(request: string, untilS: number): Promise<void> {
    this.#requireOpen();
    const leftS = untilS - this.#clock.nowS();
    if (leftS <= 0) {
      this.#abandon(`iiod did not answer '${request}' within ${this.#timeoutS} s`);
      throw new BeamloopError('BOARD_SILENT', {
        what: `iiod did not answer '${request}' within ${this.#timeoutS} s`,
        where: this.#transport.name,
        todo: 'Check the network, and that the machine is not overloaded',
      });
    }
    const woken = new AbortController();
    this.#wake = () => woken.abort('bytes came');
    await this.#clock.sleep(leftS, woken.signal).catch(() => {});
    this.#requireOpen();
  }

  #outOfStep(what: string): BeamloopError {
    this.#counts.garbled++;
    this.#abandon(what);
    return new BeamloopError('BOARD_SILENT', {
      what: `What iiod answers makes no sense: ${what}`,
      where: this.#transport.name,
      todo: 'Check that this is the port of an iiod (30431) that speaks the text protocol of libiio 0.x',
    });
  }

  #abandon(reason: string): void {
    void this.#transport.close();
    this.#lose(reason);
  }

  #lose(reason: string): void {
    if (this.#lost !== null) return;
    this.#lost = reason;
    this.#wake();
    this.#onLost(reason);
  }

  async #send(text: string): Promise<void> {
    this.#requireOpen();
    this.#counts.commandsSent++;
    this.#counts.bytesSent += text.length;
    await this.#transport.write(Buffer.from(text, 'latin1'));
  }

  #requireOpen(): void {
    if (this.#lost === null) return;
    throw new BeamloopError('PORT_FAILED', {
      what: `The connection to iiod is lost: ${this.#lost}`,
      where: this.#transport.name,
    });
  }
}
