/** The pages that are open, and what each is told of runs and of what was started. */
import type { WebSocket } from 'ws';
import type { Clock } from '../core/clock.js';
import { BeamloopError } from '../core/errors.js';
import type { Done } from '../live/messages.js';
import type { DashboardLimits } from './limits.js';
import { Operator } from './operator.js';
import { PageConnection, type PageOwner } from './page-connection.js';
import type { AnswerMessage, PageMessage, ScenarioEntry, StateMessage } from './page-messages.js';
import { pageError } from './responses.js';
import type { RunSource } from './run-source.js';
import { WatchedRuns } from './watched-runs.js';

export interface PagesParts {
  readonly source: RunSource;
  readonly scenario: ScenarioEntry | null;
  readonly recordings: string;
  readonly limits: DashboardLimits;
  readonly clock: Clock;
}

const ORDERED: Readonly<Record<Done['order'], string>> = {
  stop: 'Stopped: the board confirmed that it is mute',
  mute: 'Muted: the board confirmed it',
  unmute: 'Not muted any more: the board confirmed it',
};

export class Pages implements PageOwner {
  readonly operator: Operator;
  readonly runs: WatchedRuns;
  readonly #parts: PagesParts;
  readonly #pages = new Set<PageConnection>();

  constructor(parts: PagesParts) {
    this.#parts = parts;
    const changed = () => this.#tellState();
    this.operator = new Operator(parts.scenario, changed);
    this.runs = new WatchedRuns(
      parts.source,
      (run, text, canBeMissed) => {
        for (const page of this.#pages) if (page.run === run) page.tell(text, canBeMissed);
      },
      changed,
      parts.clock,
    );
  }

  get size(): number {
    return this.#pages.size;
  }

  open(socket: WebSocket): void {
    const page = new PageConnection(socket, this, this.#parts.limits, this.#parts.clock);
    this.#pages.add(page);
    page.tell(JSON.stringify(this.#state()), false);
  }

  async close(): Promise<void> {
    for (const page of this.#pages) page.close('The dashboard ends');
    await this.operator.close();
    await this.runs.close();
  }

  ended(page: PageConnection): void {
    this.#pages.delete(page);
  }

  asked(page: PageConnection, message: PageMessage): void {
    if (message.ask === 'follow') {
      this.#follow(page, message.run);
      return;
    }
    void this.#carriedOut(message).then(
      ({ text, done }) => answer(page, { type: 'answer', tag: message.tag, text, done, error: null }),
      (error: unknown) =>
        answer(page, { type: 'answer', tag: message.tag, text: null, done: null, error: pageError(error) }),
    );
  }

  async #carriedOut(
    message: Exclude<PageMessage, { ask: 'follow' }>,
  ): Promise<{ text: string; done: Done | null }> {
    switch (message.ask) {
      case 'order': {
        const done = await this.#runOf(message.run).order(message.order);
        const { error } = done;
        if (error !== null) {
          const { code, what, todo } = error;
          throw new BeamloopError(code as BeamloopError['code'], { what, ...(todo !== null && { todo }) });
        }
        return { text: `${ORDERED[message.order]} after ${done.tookMs.toFixed(1)} ms`, done };
      }
      case 'start':
        this.operator.start();
        return { text: 'The run is being started', done: null };
      case 'steering':
        if (message.on) this.operator.beginSteering();
        else await this.operator.endSteering();
        return {
          text: message.on
            ? 'The board is being opened for steering by hand'
            : 'Muted; nobody steers any more',
          done: null,
        };
      case 'steer':
        return { text: await this.operator.steer(message), done: null };
    }
  }

  #follow(page: PageConnection, id: string): void {
    const run = this.runs.find(id);
    // It was forgotten meanwhile; the list that the page has next says so.
    const texts = run === null ? [JSON.stringify(this.#state())] : run.soFar();
    if (run !== null) page.run = id;
    for (const text of texts) page.tell(text, false);
  }

  #runOf(id: string) {
    const run = this.runs.find(id);
    if (run !== null && !run.isOver) return run;
    throw new BeamloopError('WATCH_REFUSED', {
      what: 'The run is over, or its process is gone',
      todo: 'If the array may still radiate, switch it off',
    });
  }

  #tellState(): void {
    const state = this.#state();
    const text = JSON.stringify(state);
    for (const page of this.#pages) page.tell(text, false);
  }

  #state(): StateMessage {
    const { operator } = this;
    const runs = this.runs.entries((pid) => operator.isOwn(pid));
    for (const { pid, isOver, host } of runs) if (!isOver && host === null) operator.seen(pid);
    const { scenario, recordings } = this.#parts;
    const { run, steering } = operator;
    return { type: 'state', runs, scenario, run, steering, recordings, troubles: this.runs.troubles };
  }
}

function answer(page: PageConnection, message: AnswerMessage): void {
  page.tell(JSON.stringify(message), false);
}
