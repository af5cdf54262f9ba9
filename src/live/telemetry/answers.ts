/** Tells whoever asks which run goes on, and what it has told so far; a run does not notice. */
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import { MOST_REMEMBERED } from '../messages.js';
import { ASK_ALL } from './subjects.js';

/** Answered in a second; whoever asks more often asks again. */
const MOST_ANSWERS_PER_S = 50;

interface Told {
  readonly prefix: string;
  readonly hello: string;
  readonly remembered: string[];
  readonly asks: Subscription;
}

export class Answers {
  readonly #connection: NatsConnection;
  readonly #host: string;
  readonly #maxPayloadBytes: number;
  readonly #asked: () => void;
  #run: Told | null = null;
  #sinceMs = 0;
  #numAnswers = 0;

  /** @param asked is told when somebody begins to follow the run. */
  constructor(connection: NatsConnection, host: string, maxPayloadBytes: number, asked: () => void) {
    this.#connection = connection;
    this.#host = host;
    this.#maxPayloadBytes = maxPayloadBytes;
    this.#asked = asked;
    connection.subscribe(ASK_ALL, {
      callback: (error, message) => {
        if (error === null) this.#tellWhich(message);
      },
    });
  }

  /** @param hello JSON of the run's `hello`. */
  begin(prefix: string, hello: string): void {
    this.end();
    const asks = this.#connection.subscribe(`${prefix}.ask`, {
      callback: (error, message) => {
        if (error === null) this.#tellSoFar(message);
      },
    });
    this.#run = { prefix, hello, remembered: [], asks };
  }

  end(): void {
    this.#run?.asks.unsubscribe();
    this.#run = null;
  }

  /** @param text JSON of a message that later comers are told of. */
  remember(text: string): void {
    if (this.#run === null) return;
    const { remembered } = this.#run;
    remembered.push(text);
    // In pieces, so that forgetting one costs nothing.
    if (remembered.length >= 2 * MOST_REMEMBERED) remembered.splice(0, MOST_REMEMBERED);
  }

  #tellWhich(message: Msg): void {
    if (this.#run === null || !this.#isInTime()) return;
    const { prefix, hello } = this.#run;
    message.respond(
      `{"host":${JSON.stringify(this.#host)},"prefix":${JSON.stringify(prefix)},"hello":${hello}}`,
    );
  }

  /** `hello` and what was told so far, a document a line, in as many messages as it takes; an empty one is the last. */
  #tellSoFar(message: Msg): void {
    if (this.#run === null || !this.#isInTime()) return;
    const { hello, remembered } = this.#run;
    let lines = hello;
    for (const text of remembered.slice(-MOST_REMEMBERED)) {
      if (Buffer.byteLength(lines) + Buffer.byteLength(text) + 1 > this.#maxPayloadBytes) {
        message.respond(lines);
        lines = text;
      } else lines += `\n${text}`;
    }
    message.respond(lines);
    message.respond('');
    this.#asked();
  }

  #isInTime(): boolean {
    const nowMs = performance.now();
    if (nowMs - this.#sinceMs >= 1000) {
      this.#sinceMs = nowMs;
      this.#numAnswers = 0;
    }
    return ++this.#numAnswers <= MOST_ANSWERS_PER_S;
  }
}
