/** The dashboard's page: which run is shown, its panels, and drawing once a frame of the screen. */
import type { RunHello, RunProgress } from '../../live/messages.js';
import type { FollowingMessage, PageError, RunEntry, ServerMessage, StateMessage } from '../page-messages.js';
import { BoardPanel } from './board-panel.js';
import { Connection, type ConnectionState, takeToken } from './connection.js';
import { Controls, notice, runText } from './controls.js';
import { byId, element, setText } from './elements.js';
import { EventsPanel } from './events-panel.js';
import { PlanePanel } from './plane-panel.js';
import { PowerLinesPanel } from './power-lines-panel.js';
import { PowerMapPanel } from './power-map-panel.js';
import { RecordingsView } from './recordings-view.js';
import type { RunPanel } from './run-panel.js';
import { SlotsPanel } from './slots-panel.js';
import { UsersPanel } from './users-panel.js';
import { count } from './words.js';

const NO_SECRET =
  'This address lacks the secret of the dashboard, or has that of an earlier one: open the one that beamloop dashboard printed, as a whole.';

class Page {
  readonly #connection: Connection;
  readonly #controls: Controls;
  readonly #plane: PlanePanel;
  readonly #panels: readonly RunPanel[];
  readonly #recordings: RecordingsView;
  readonly #choice = byId<HTMLSelectElement>('run-choice');
  #state: StateMessage | null = null;
  #hello: RunHello | null = null;
  #progress: RunProgress | null = null;
  /** The run that this page asked to follow. */
  #asked: string | null = null;
  /** Those that were there when the page last looked: what is new and ours is shown by itself. */
  #seen = new Set<string>();
  readonly #toldErrors = new Set<string>();
  #isNew = false;
  #numReceived = 0;
  #numDrawn = 0;
  #rates = { received: 0, drawn: 0 };

  constructor(token: string) {
    this.#connection = new Connection(
      token,
      (message) => this.#take(message),
      (state) => this.#connected(state),
    );
    this.#plane = new PlanePanel((target) => this.#controls.steer(target));
    this.#controls = new Controls(this.#connection, (target) => this.#plane.aim(target));
    this.#plane.root.append(this.#controls.form);
    this.#panels = [
      this.#plane,
      new BoardPanel(() => this.#rates),
      new UsersPanel(),
      new PowerLinesPanel(),
      new PowerMapPanel(),
      new SlotsPanel(),
      new EventsPanel(),
    ];
    byId('live').append(...this.#panels.map(({ root }) => root));
    this.#recordings = new RecordingsView(byId('recordings'), this.#connection);
    this.#choice.addEventListener('change', () => this.#follow(this.#choice.value));
    byId('show-live').addEventListener('click', () => this.#show('live'));
    byId('show-recordings').addEventListener('click', () => this.#show('recordings'));
    setInterval(() => this.#count(), 1000);
    requestAnimationFrame((nowMs) => this.#draw(nowMs));
  }

  #connected(state: ConnectionState): void {
    if (state === 'open') {
      notice('', false);
      // Whatever was shown is told anew.
      if (this.#asked !== null) this.#connection.follow(this.#asked);
      return;
    }
    if (state === 'refused') {
      notice(NO_SECRET, true);
      return;
    }
    notice(
      'The connection to the dashboard is lost: what is shown is old. A run goes on without its dashboard; trying again …',
      true,
    );
  }

  #take(message: Exclude<ServerMessage, { type: 'answer' }>): void {
    switch (message.type) {
      case 'state':
        this.#takeState(message);
        return;
      case 'following':
        this.#begin(message);
        return;
      case 'lost':
        if (message.run === this.#asked) notice(`The run is gone: ${message.why}.`, true);
        return;
      case 'pattern':
        if (message.run !== this.#asked) return;
        for (const panel of this.#panels) panel.take(message);
        return;
      case 'run': {
        if (message.run !== this.#asked) return;
        const { message: told } = message;
        for (const panel of this.#panels) panel.take(told);
        if (told.type === 'frame') {
          this.#isNew = true;
          this.#numReceived++;
          this.#progress = told.progress;
        }
        if (told.type === 'frame') this.#controls.showMuted(told.board.muted === true);
        return;
      }
    }
  }

  #takeState(state: StateMessage): void {
    this.#state = state;
    const { runs, scenario, run, steering } = state;
    this.#choice.replaceChildren(
      ...(runs.length === 0 ? [element('option', { value: '' }, 'none goes on')] : []),
      ...runs.map((entry) => element('option', { value: entry.id }, optionText(entry))),
    );
    const isShown = runs.some(({ id }) => id === this.#asked);
    const own = runs.find(({ id, isOwn }) => isOwn && !this.#seen.has(id));
    const shown = own ?? (isShown ? undefined : runs[0]);
    this.#seen = new Set(runs.map(({ id }) => id));
    if (shown !== undefined) this.#follow(shown.id);
    this.#choice.value = this.#asked ?? '';
    this.#choice.disabled = runs.length === 0;
    for (const { error } of [run, steering])
      if (this.#isNews(error))
        notice(`${error.what}${error.todo === undefined ? '' : `. ${error.todo}`} [${error.code}]`, true);
    if (runs.length === 0 && scenario === null && !byId('live').hidden) this.#show('recordings');
    this.#controls.show(state, this.#entry());
    this.#sayState();
  }

  /** Of what ended badly the page tells once; that something was stopped was asked for. */
  #isNews(error: PageError | null): error is PageError {
    if (error === null || error.code === 'INTERRUPTED') return false;
    const text = JSON.stringify(error);
    if (this.#toldErrors.has(text)) return false;
    this.#toldErrors.add(text);
    return true;
  }

  #follow(id: string): void {
    if (id === '' || id === this.#asked) return;
    this.#asked = id;
    this.#connection.follow(id);
    if (byId('live').hidden) this.#show('live');
  }

  #begin({ run, hello, axes }: FollowingMessage): void {
    if (run !== this.#asked) return;
    this.#hello = hello;
    this.#progress = null;
    for (const panel of this.#panels) {
      panel.root.hidden = hello.command === 'steer' && panel.isOfRun === true;
      panel.follow(hello, axes);
    }
    document.title = `${hello.name} – beamloop`;
    this.#controls.showMuted(false);
    this.#controls.askFor(axes.kind === 'direction');
    if (this.#state !== null) this.#controls.show(this.#state, this.#entry());
    this.#sayState();
  }

  #entry(): RunEntry | null {
    return this.#state?.runs.find(({ id }) => id === this.#asked) ?? null;
  }

  #sayState(): void {
    const target = byId('run-state');
    const { scenario = null, run = null, troubles = [], steering = null } = this.#state ?? {};
    const parts: string[] = [];
    if (this.#hello !== null) parts.push(runText(this.#hello, this.#entry()));
    if (run?.state === 'starting') parts.push('a run is being started');
    if (steering?.state === 'starting') parts.push('the board is being opened');
    if (steering?.state === 'running') parts.push('click on the plane to point the beam');
    if (this.#hello === null && run?.state === 'idle' && scenario !== null)
      parts.push(
        scenario.isEmulated
          ? `${scenario.title} is ready`
          : `${scenario.title} is ready, on ${scenario.ports.join(', ')}: nothing is radiated until you press Start`,
      );
    setText(target, [...parts, ...troubles].join('; '));
  }

  #show(view: 'live' | 'recordings'): void {
    for (const name of ['live', 'recordings'] as const) {
      byId(name).hidden = name !== view;
      byId(`show-${name}`).setAttribute('aria-pressed', String(name === view));
    }
    if (view === 'recordings') void this.#recordings.load();
  }

  #draw(nowMs: number): void {
    requestAnimationFrame((nextMs) => this.#draw(nextMs));
    if (byId('live').hidden) return;
    for (const panel of this.#panels) panel.draw(nowMs);
    if (!this.#isNew) return;
    this.#isNew = false;
    this.#numDrawn++;
  }

  /** Once a second. */
  #count(): void {
    this.#rates = { received: this.#numReceived, drawn: this.#numDrawn };
    this.#numReceived = 0;
    this.#numDrawn = 0;
    const progress = byId('run-progress');
    const done = this.#progress;
    if (done === null) setText(progress, '');
    else if (done.of === 'pilots')
      setText(progress, `${done.ue}: ${count(done.done)} of up to ${count(done.most)} pilots`);
    else setText(progress, `epoch ${count(done.done)} of ${count(done.most)}`);
  }
}

function optionText({ name, command, startedAt, isOver, host }: RunEntry): string {
  const time = new Date(startedAt).toLocaleTimeString('en-GB');
  return `${name}, ${command === 'steer' ? 'by hand' : command}, ${time}${host === null ? '' : `, on ${host}`}${isOver ? ' (over)' : ''}`;
}

const token = takeToken();
if (token === null) notice(NO_SECRET, true);
else new Page(token);
