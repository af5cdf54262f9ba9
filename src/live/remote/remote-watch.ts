/** Watches a run that another host publishes on a NATS server. Nobody can stop or mute it from here. */
import { createInbox, type Subscription } from '@nats-io/transport-node';
import { BeamloopError } from '../../core/errors.js';
import type { Nats } from '../../nats/connect-nats.js';
import type { LiveMessage, RunHello } from '../messages.js';
import { helloOf, type Told, toldOf } from './remote-messages.js';

/** What a run may take to answer. */
const PATIENCE_MS = 5000;
/** A run says something every second. */
export interface Silence {
  /** After so long it is said that nothing is heard. */
  readonly saidMs: number;
  /** After so long the run counts as gone. */
  readonly lostMs: number;
}
const SILENCE: Silence = { saidMs: 5000, lostMs: 20_000 };
/** Messages that wait for whoever goes through them, or for an answer; frames beyond are left out. */
const MOST_WAITING = 200;

export class RemoteWatch implements AsyncIterable<LiveMessage> {
  readonly host: string;
  readonly hello: RunHello;
  readonly whyNoOrders: string;
  readonly #nats: Nats;
  readonly #prefix: string;
  readonly #silence: Silence;
  readonly #subscriptions: readonly Subscription[];
  readonly #timer: NodeJS.Timeout;
  readonly #waiting: LiveMessage[] = [];
  /** Came while what was told before them is asked for. */
  readonly #held: Told[] = [];
  #wake: () => void = () => {};
  #lost: () => void = () => {};
  #lastSequence = 0;
  #heardMs = performance.now();
  #isAsking = false;
  #isSilent = false;
  #isServerGone = false;
  #failure: BeamloopError | null = null;
  #isClosed = false;

  /**
   * @param prefix of its subjects.
   * @throws WATCH_REFUSED when the run is gone, does not answer, or is of another version; NATS_REFUSED.
   */
  static async open(nats: Nats, host: string, prefix: string, silence = SILENCE): Promise<RemoteWatch> {
    const lines = await askOf(nats, prefix);
    const hello = helloOf(lines[0] ?? '');
    if (hello !== null) return new RemoteWatch(nats, host, prefix, hello, silence);
    throw new BeamloopError('WATCH_REFUSED', {
      what: 'The run is over, or too busy to answer, or one of another version of beamloop',
      where: prefix,
      todo: 'Look again: beamloop watch --nats URL --list lists the runs that go on',
    });
  }

  private constructor(nats: Nats, host: string, prefix: string, hello: RunHello, silence: Silence) {
    this.#silence = silence;
    this.host = host;
    this.hello = hello;
    this.#nats = nats;
    this.#prefix = prefix;
    this.whyNoOrders = `It runs on ${host}, and is only watched from here: stop or mute it there, by Ctrl-C or beamloop watch --order stop`;
    const { connection } = nats;
    this.#subscriptions = [
      connection.subscribe(`${prefix}.live.*`, {
        callback: (error, message) => {
          if (error === null) this.#take(toldOf(message.string()));
        },
      }),
      connection.subscribe(`${prefix}.counts`, { callback: () => this.#heard() }),
    ];
    this.#timer = setInterval(() => this.#look(), silence.saidMs / 5);
    // What was told before is asked for once more, now that nothing can slip between.
    void this.#ask();
  }

  /** Everything after `hello`, until the run is over or `close`. To be gone through once. @throws WATCH_REFUSED when the run is lost. */
  async *[Symbol.asyncIterator](): AsyncGenerator<LiveMessage, void, void> {
    try {
      for (;;) {
        const message = this.#waiting.shift();
        if (message !== undefined) {
          yield message;
          if (message.type === 'end') return;
          continue;
        }
        if (this.#failure !== null) throw this.#failure;
        if (this.#isClosed) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      this.close();
    }
  }

  /** @throws WATCH_REFUSED, always. */
  order(): Promise<never> {
    return Promise.reject(
      new BeamloopError('WATCH_REFUSED', { what: this.whyNoOrders, where: this.hello.name }),
    );
  }

  /** Is told when nothing was heard of it for so long that it counts as gone. */
  onLost(lost: () => void): void {
    this.#lost = lost;
  }

  /** Our own connection to the server is gone, or back. */
  server(state: 'gone' | 'back'): void {
    this.#isServerGone = state === 'gone';
    this.#heardMs = performance.now();
    if (state === 'gone') {
      this.#say(
        'nats gone',
        `The NATS server ${this.#nats.shown} is gone; what is shown is old until it is back`,
      );
      return;
    }
    this.#say('nats back', `The NATS server ${this.#nats.shown} is back`);
    void this.#ask();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#timer);
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    this.#wake();
  }

  #take(told: Told | null): void {
    this.#heard();
    if (told === null) return;
    const { message, sequence } = told;
    if (sequence === null) {
      if (this.#waiting.length < MOST_WAITING) this.#give(message);
      return;
    }
    if (this.#isAsking || sequence > this.#lastSequence + 1) {
      // Something may be missing before it, which what was told so far has.
      if (this.#held.length < MOST_WAITING) this.#held.push(told);
      void this.#ask();
      return;
    }
    this.#giveNumbered(told);
  }

  /** Once, and never what is older than what was given. */
  #giveNumbered({ message, sequence }: Told): void {
    if (sequence === null || sequence <= this.#lastSequence) return;
    this.#lastSequence = sequence;
    this.#give(message);
  }

  /** Has what was told so far, in its order; what comes after the answer follows it. */
  async #ask(): Promise<void> {
    if (this.#isAsking || this.#isClosed) return;
    this.#isAsking = true;
    await askOf(this.#nats, this.#prefix, (lines) => {
      this.#isAsking = false;
      const before = lines.slice(1).flatMap((line) => toldOf(line) ?? []);
      for (const told of [...before, ...this.#held.splice(0)]) this.#giveNumbered(told);
      if (lines.length > 0) this.#heard();
    });
  }

  #heard(): void {
    this.#heardMs = performance.now();
    if (this.#isSilent) this.#say('run heard', 'The run is heard again');
    this.#isSilent = false;
  }

  #look(): void {
    if (this.#isServerGone) return;
    const silentMs = performance.now() - this.#heardMs;
    if (silentMs < this.#silence.saidMs) return;
    if (!this.#isSilent)
      this.#say('run silent', `Nothing is heard of the run on ${this.host}; what is shown is old`);
    this.#isSilent = true;
    void this.#ask();
    if (silentMs < this.#silence.lostMs) return;
    this.#failure = new BeamloopError('WATCH_REFUSED', {
      what: `Nothing was heard of the run for ${this.#silence.lostMs / 1e3} s: its process is gone, or its way to the NATS server`,
      where: this.#prefix,
      todo: `Nobody here knows whether its array was muted; look at ${this.host}`,
    });
    this.#lost();
    this.close();
  }

  #say(kind: string, text: string): void {
    this.#give({ type: 'event', wallTimeMs: Date.now(), kind, detail: {}, text });
  }

  #give(message: LiveMessage): void {
    if (this.#isClosed) return;
    this.#waiting.push(message);
    this.#wake();
  }
}

/**
 * Lines of a run's answer: `hello`, and what it told so far; none where nobody answers in time.
 *
 * @param answered called as the answer ends, before anything that was published after it is heard.
 */
function askOf(
  { connection }: Nats,
  prefix: string,
  answered: (lines: readonly string[]) => void = () => {},
): Promise<readonly string[]> {
  return new Promise((resolve) => {
    const inbox = createInbox();
    const lines: string[] = [];
    const end = (told: readonly string[]) => {
      clearTimeout(timer);
      subscription.unsubscribe();
      answered(told);
      resolve(told);
    };
    const timer = setTimeout(() => end([]), PATIENCE_MS);
    const subscription = connection.subscribe(inbox, {
      callback: (error, message) => {
        if (error !== null || message.headers?.code === 503) end([]);
        else if (message.data.length === 0) end(lines);
        else lines.push(...message.string().split('\n'));
      },
    });
    try {
      connection.publish(`${prefix}.ask`, '', { reply: inbox });
    } catch {
      // The connection is over for good.
      end([]);
    }
  });
}
