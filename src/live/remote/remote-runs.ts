/** The runs that are published on a NATS server, and those who watch them. */
import type { Nats } from '../../nats/connect-nats.js';
import { ASK_ALL, HELLO_OF_ALL, type RunAnswer } from '../telemetry/subjects.js';
import { answerOf } from './remote-messages.js';
import { RemoteWatch } from './remote-watch.js';

/** What runs may take to answer. */
const PATIENCE_MS = 1000;

export class RemoteRuns {
  readonly #nats: Nats;
  readonly #watches = new Set<RemoteWatch>();

  constructor(nats: Nats) {
    this.#nats = nats;
  }

  /** Those that go on, the latest first. */
  async list(): Promise<RunAnswer[]> {
    const { connection } = this.#nats;
    const runs: RunAnswer[] = [];
    // Nobody answers where no run goes on, which the library takes for an error.
    const answers = await connection
      .requestMany(ASK_ALL, '', { strategy: 'timer', maxWait: PATIENCE_MS })
      .catch(() => []);
    try {
      for await (const message of answers) {
        const answer = answerOf(message.string());
        if (answer !== null) runs.push(answer);
      }
    } catch {
      // As above.
    }
    return runs.sort((a, b) => (a.hello.id < b.hello.id ? 1 : -1));
  }

  /** Is told when a run begins, until the connection ends. */
  onBegin(begun: () => void): void {
    this.#nats.connection.subscribe(HELLO_OF_ALL, { callback: () => begun() });
  }

  /** @throws as `RemoteWatch.open`. */
  async watch({ host, prefix }: Pick<RunAnswer, 'host' | 'prefix'>): Promise<RemoteWatch> {
    const watch = await RemoteWatch.open(this.#nats, host, prefix);
    this.#watches.add(watch);
    return watch;
  }

  /** Our own connection to the server is gone, or back. */
  server(state: 'gone' | 'back'): void {
    for (const watch of this.#watches) watch.server(state);
  }

  close(): Promise<void> {
    for (const watch of this.#watches) watch.close();
    return this.#nats.close();
  }
}
