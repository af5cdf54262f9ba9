/**
 * Sends commands of a template over a transport, one at a time, and waits for their answers. An answer that comes too late must not pass
 * for that of the next command: after a command that was sent more than once, the line is put in step again first.
 */
import type { Clock } from '../../../src/core/clock.js';
import { BeamloopError } from '../../../src/core/errors.js';
import { clipped, printable } from '../../../src/core/printable.js';
import type { Format } from '../../template/format.js';
import type { Read } from '../../template/match.js';
import { framed, type Template } from '../../template/template.js';
import type { Transport } from '../../transports/transport.js';
import { AnswerReader, type Expected } from './answer-reader.js';

const BITS_PER_BYTE = 10;
/** Weight of the newest round trip. */
const SMOOTHING = 1 / 8;
const MOST_SHOWN = 80;
/** Of templates that do not say what answers are. */
const DEFAULT_ANSWERS = { timeoutS: 0.1, retries: 2 };

type Answer =
  | { readonly kind: 'ok'; readonly read: Read }
  | { readonly kind: 'error'; readonly meaning: string };

export interface Question {
  /** What is sent, without checksum and ending. */
  readonly body: string;
  /** A good answer; null: none comes. */
  readonly ok: Format | null;
  /** Whether what it read is of this command. */
  readonly isOurs: (read: Read) => boolean;
  /** From this time of the clock on it is not sent again, s. */
  readonly untilS: number;
  /** It is not sent again at all; false unless given. */
  readonly once?: boolean;
  /** Errors may be of commands before, and are passed over; false unless given. */
  readonly passesErrors?: boolean;
}

export class TemplateLine {
  readonly #template: Template;
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #reader: AnswerReader;
  /** Told when bytes have come, or the connection is lost. */
  #wake: () => void = () => {};
  #lost: string | null = 'it was not opened';
  /** Answers that may still come of commands that were given up or sent again, and until when. */
  #owed = { count: 0, untilS: 0 };
  readonly #counts = { bytesSent: 0, bytesReceived: 0, commandsSent: 0, answersReceived: 0, retries: 0 };
  #roundTripS: number | null = null;

  constructor(template: Template, transport: Transport, clock: Clock) {
    this.#template = template;
    this.#transport = transport;
    this.#clock = clock;
    this.#reader = new AnswerReader(template);
  }

  async open(onLost: (reason: string) => void): Promise<void> {
    this.#reader.clear();
    this.#owed = { count: 0, untilS: 0 };
    await this.#transport.open({
      onBytes: (bytes) => {
        this.#counts.bytesReceived += bytes.length;
        this.#reader.push(bytes);
        this.#wake();
      },
      onClosed: (reason) => {
        this.#lost = reason;
        this.#wake();
        onLost(reason);
      },
    });
    this.#lost = null;
    await this.#clock.sleep(this.#template.timing.warmUpS);
    // What it said while it started is no answer.
    this.#reader.clear();
  }

  async close(): Promise<void> {
    this.#lost ??= 'it was closed';
    this.#wake();
    await this.#transport.close();
  }

  statistics() {
    return { ...this.#counts, garbled: this.#reader.numGarbled, roundTripS: this.#roundTripS };
  }

  /**
   * Sends a command, and again as often as the template says unless it is to be sent once, until it is answered.
   *
   * @returns what the answer read; null from a board that does not answer.
   * @throws BOARD_REFUSED for an answer that means an error, BOARD_SILENT, PORT_FAILED.
   */
  async ask(question: Question): Promise<Read | null> {
    await this.#getInStep(question.untilS);
    return this.#exchange(question);
  }

  /** Time that bytes take on the line, s. */
  onLineS(numBytes: number): number {
    return (numBytes * BITS_PER_BYTE) / this.#template.baud;
  }

  async #exchange({
    body,
    ok,
    isOurs,
    untilS,
    once = false,
    passesErrors = false,
  }: Question): Promise<Read | null> {
    const { answers, timing } = this.#template;
    const bytes = Buffer.from(framed(this.#template, body), 'latin1');
    const lineS = this.onLineS(bytes.length);
    if (ok === null) {
      await this.#send(bytes);
      // It is out when it has left the line, not when the system has taken it.
      await this.#clock.sleep(lineS + timing.gapS);
      return null;
    }
    const expected = this.#expected(ok, isOurs, passesErrors);
    // A board may answer its greeting, and nothing else.
    const { timeoutS = DEFAULT_ANSWERS.timeoutS, retries } = answers ?? DEFAULT_ANSWERS;
    const patienceS = timeoutS + lineS;
    for (let attempt = 0; attempt <= (once ? 0 : retries); attempt++) {
      if (attempt > 0) {
        if (this.#clock.nowS() >= untilS) break;
        this.#counts.retries++;
      }
      const sentS = this.#clock.nowS();
      await this.#send(bytes);
      this.#owed = { count: this.#owed.count + 1, untilS: sentS + 2 * patienceS };
      const answer = await this.#answer(expected, sentS + patienceS);
      if (answer === null) continue;
      this.#owed.count--;
      this.#counts.answersReceived++;
      if (attempt === 0) this.#tookS(this.#clock.nowS() - sentS);
      if (timing.gapS > 0) await this.#clock.sleep(timing.gapS);
      if (answer.kind === 'ok') return answer.read;
      throw new BeamloopError('BOARD_REFUSED', {
        what: `The board answers '${shown(body)}' with an error: ${answer.meaning}`,
        where: this.#transport.name,
        todo: 'Check the template against the manual of the board',
      });
    }
    throw new BeamloopError('BOARD_SILENT', {
      what: `The board did not answer '${shown(body)}'${this.#reader.unread === '' ? '' : `; '${shown(this.#reader.unread)}' came`}`,
      where: this.#transport.name,
      todo: 'Check power, cable and baud rate, and what the template says that it answers',
    });
  }

  #expected(ok: Format, isOurs: (read: Read) => boolean, passesErrors: boolean): Expected<Answer>[] {
    const errors = passesErrors ? [] : (this.#template.answers?.errors ?? []);
    return [
      { format: ok, meaning: (read) => (isOurs(read) ? { kind: 'ok', read } : null) },
      ...errors.map(({ answer, meaning }) => ({
        format: answer,
        meaning: () => ({ kind: 'error', meaning }) as const,
      })),
    ];
  }

  async #answer(expected: readonly Expected<Answer>[], untilS: number): Promise<Answer | null> {
    for (;;) {
      const answer = this.#reader.next(expected);
      if (answer !== null) return answer;
      this.#requireOpen();
      const leftS = untilS - this.#clock.nowS();
      if (leftS <= 0) return null;
      const woken = new AbortController();
      this.#wake = () => woken.abort('bytes came');
      await this.#clock.sleep(leftS, woken.signal).catch(() => {});
    }
  }

  /**
   * A greeting has an answer of its own, before which all that was owed has come; without one, what may still come is waited for.
   * Where neither is enough the template should have the board echo what it answers to.
   */
  async #getInStep(untilS: number): Promise<void> {
    if (this.#owed.count === 0) return;
    const { hello } = this.#template;
    if (hello === null) {
      const leftS = this.#owed.untilS - this.#clock.nowS();
      if (leftS > 0) await this.#clock.sleep(leftS);
    } else {
      const greeting: Question = {
        body: plainText(hello.send),
        ok: hello.answer,
        isOurs: () => true,
        untilS,
        passesErrors: true,
      };
      this.#owed.count = 0;
      await this.#exchange(greeting);
    }
    this.#reader.clear();
    this.#owed.count = 0;
  }

  async #send(bytes: Uint8Array): Promise<void> {
    this.#requireOpen();
    this.#counts.bytesSent += bytes.length;
    this.#counts.commandsSent++;
    await this.#transport.write(bytes);
  }

  #requireOpen(): void {
    if (this.#lost === null) return;
    throw new BeamloopError('PORT_FAILED', {
      what: `The connection to the board is lost: ${this.#lost}`,
      where: this.#transport.name,
    });
  }

  #tookS(roundTripS: number): void {
    this.#roundTripS =
      this.#roundTripS === null ? roundTripS : this.#roundTripS + SMOOTHING * (roundTripS - this.#roundTripS);
  }
}

/** Of a format without placeholders. */
export function plainText(format: Format): string {
  return format.map((part) => (part.kind === 'literal' ? part.text : '')).join('');
}

/** What went over the line, in a message. */
function shown(text: string): string {
  const isText = /^[\x20-\x7e\t\r\n]*$/.test(text);
  return clipped(isText ? printable(text.trim()) : Buffer.from(text, 'latin1').toString('hex'), MOST_SHOWN);
}
