/** Start, stop, mute and steer: buttons, the Escape key, and fields for who does not point with a mouse. */
import type { RunHello } from '../../live/messages.js';
import type { AnswerMessage, RunEntry, StateMessage } from '../page-messages.js';
import type { Connection, Request } from './connection.js';
import { byId, element, setText } from './elements.js';
import type { Target } from './plane-panel.js';
import { seconds } from './words.js';

export class Controls {
  readonly #connection: Connection;
  readonly #onAim: (target: Target) => void;
  readonly #start = byId<HTMLButtonElement>('start');
  readonly #stop = byId<HTMLButtonElement>('stop');
  readonly #mute = byId<HTMLButtonElement>('mute');
  readonly #steering = byId<HTMLButtonElement>('steering');
  readonly #form: SteerForm;
  #state: StateMessage | null = null;
  #run: RunEntry | null = null;
  #isMuted = false;

  /** @param onAim is told where the beam was asked to point. */
  constructor(connection: Connection, onAim: (target: Target) => void) {
    this.#connection = connection;
    this.#onAim = onAim;
    this.#form = new SteerForm((target) => this.steer(target));
    this.#form.askFor(false);
    this.#start.addEventListener('click', () => void this.#ask({ ask: 'start' }));
    this.#stop.addEventListener('click', () => this.stop());
    this.#mute.addEventListener('click', () => this.#order(this.#isMuted ? 'unmute' : 'mute'));
    this.#steering.addEventListener(
      'click',
      () => void this.#ask({ ask: 'steering', on: !this.#isSteering }),
    );
    // Whatever has the focus: a stop goes ahead of everything.
    document.addEventListener(
      'keydown',
      (event) => {
        if (event.key === 'Escape') this.stop();
      },
      { capture: true },
    );
  }

  /** The fields for steering, to be put beside the plane. */
  get form(): HTMLElement {
    return this.#form.root;
  }

  show(state: StateMessage, run: RunEntry | null): void {
    this.#state = state;
    this.#run = run;
    this.#fit();
  }

  /** What the array that is shown can be told. */
  askFor(isPlanar: boolean): void {
    this.#form.askFor(isPlanar);
  }

  showMuted(isMuted: boolean): void {
    if (isMuted === this.#isMuted) return;
    this.#isMuted = isMuted;
    this.#fit();
  }

  stop(): void {
    if (this.#run === null || this.#run.isOver) {
      notice('There is nothing to stop: no run that goes on is shown.', false);
      return;
    }
    if (this.#run.whyNoOrders !== null) {
      notice(`${this.#run.whyNoOrders}.`, true);
      return;
    }
    this.#order('stop');
  }

  steer(target: Target): void {
    if (!this.#isSteering) {
      notice(
        this.#state?.scenario == null
          ? 'To point the beam by hand, call the dashboard with a scenario.'
          : 'To point the beam by hand, press Steer by hand first; a run that goes on has to be stopped before.',
        false,
      );
      return;
    }
    this.#onAim(target);
    this.#form.show(target);
    void this.#ask({ ask: 'steer', ...target });
  }

  get #isSteering(): boolean {
    const state = this.#state?.steering.state;
    return state === 'starting' || state === 'running';
  }

  #order(order: 'stop' | 'mute' | 'unmute'): void {
    if (this.#run !== null) void this.#ask({ ask: 'order', run: this.#run.id, order });
  }

  async #ask(request: Request): Promise<void> {
    const answer = await this.#connection.ask(request);
    notice(answerText(answer), answer.error !== null);
  }

  #fit(): void {
    const { scenario = null, run: started = null } = this.#state ?? {};
    const goesOn = this.#run !== null && !this.#run.isOver;
    const isStarted = started?.state === 'starting' || started?.state === 'running';
    this.#start.hidden = scenario === null;
    this.#start.disabled = isStarted || this.#isSteering;
    setText(this.#start, scenario?.isEmulated === false ? 'Start: the array radiates' : 'Start');
    this.#steering.hidden = scenario === null || scenario.whyNoSteering !== null;
    this.#steering.disabled = isStarted;
    setText(this.#steering, this.#isSteering ? 'End steering' : 'Steer by hand');
    this.#steering.setAttribute('aria-pressed', String(this.#isSteering));
    const whyNot = this.#run?.whyNoOrders ?? null;
    this.#mute.disabled = !goesOn || whyNot !== null;
    for (const button of [this.#mute, this.#stop]) button.title = whyNot ?? '';
    setText(this.#mute, this.#isMuted ? 'Unmute' : 'Mute');
    // Whoever presses Stop is told why it does nothing here.
    this.#stop.disabled = !goesOn;
    this.#form.enable(this.#isSteering);
  }
}

class SteerForm {
  readonly root: HTMLElement;
  readonly #distance = element('input', {
    id: 'steer-distance',
    inputmode: 'decimal',
    size: 7,
    autocomplete: 'off',
  });
  readonly #angle = element('input', {
    id: 'steer-angle',
    inputmode: 'decimal',
    size: 6,
    autocomplete: 'off',
  });
  readonly #angleLabel = element('label', { for: 'steer-angle' }, 'Angle (°)');
  readonly #elevation = element('input', {
    id: 'steer-elevation',
    inputmode: 'decimal',
    size: 6,
    autocomplete: 'off',
  });
  readonly #elevationLabel = element('label', { for: 'steer-elevation' }, 'Elevation (°)');
  readonly #button = element('button', { type: 'submit' }, 'Point there');
  #isPlanar = false;

  constructor(onTarget: (target: Target) => void) {
    const form = element(
      'form',
      { class: 'steer', 'aria-label': 'Point the beam' },
      element('label', { for: 'steer-distance' }, 'Distance (m; empty: far field)'),
      this.#distance,
      this.#angleLabel,
      this.#angle,
      this.#elevationLabel,
      this.#elevation,
      this.#button,
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const target = this.#target();
      if (typeof target === 'string') notice(target, true);
      else onTarget(target);
    });
    this.root = form;
  }

  enable(isSteering: boolean): void {
    this.root.hidden = !isSteering;
    for (const field of [this.#distance, this.#angle, this.#elevation, this.#button])
      field.disabled = !isSteering;
  }

  askFor(isPlanar: boolean): void {
    this.#isPlanar = isPlanar;
    for (const each of [this.#elevation, this.#elevationLabel]) each.hidden = !isPlanar;
    setText(this.#angleLabel, isPlanar ? 'Azimuth (°)' : 'Angle (°)');
  }

  show({ distanceM, angleRad, elevationRad }: Target): void {
    const degrees = (rad: number) => String(Number(((rad * 180) / Math.PI).toFixed(2)));
    this.#distance.value = distanceM === null ? '' : String(Number(distanceM.toPrecision(4)));
    this.#angle.value = degrees(angleRad);
    this.#elevation.value = degrees(elevationRad ?? 0);
  }

  #target(): Target | string {
    const written = this.#distance.value.trim();
    const distanceM = written === '' ? null : Number(written);
    const numberIn = ({ value }: HTMLInputElement) => (value.trim() === '' ? Number.NaN : Number(value));
    const angle = numberIn(this.#angle);
    const elevation = this.#isPlanar ? numberIn(this.#elevation) : null;
    if (distanceM !== null && !(distanceM > 0))
      return `${written} is no distance: give metres, or nothing for the far field.`;
    if (!(Math.abs(angle) <= 90)) return `'${this.#angle.value}' is no angle: give degrees from −90 to 90.`;
    if (elevation !== null && !(Math.abs(elevation) <= 90))
      return `'${this.#elevation.value}' is no elevation: give degrees from −90 to 90.`;
    const rad = (degrees: number) => (degrees * Math.PI) / 180;
    return { distanceM, angleRad: rad(angle), elevationRad: elevation === null ? null : rad(elevation) };
  }
}

/** Says what came of something that was asked for. */
export function notice(text: string, isBad: boolean): void {
  const target = byId('notice');
  target.hidden = text === '';
  target.className = isBad ? 'bad' : '';
  setText(target, text);
}

function answerText({ text, done, error }: AnswerMessage): string {
  if (error !== null) {
    const where = error.where === undefined ? '' : ` (${error.where})`;
    return `${error.what}${where}${error.todo === undefined ? '' : `. ${error.todo}`} [${error.code}]`;
  }
  const at = done?.boardTimeS == null ? '' : `, at ${seconds(done.boardTimeS, 6)} of the board`;
  return `${text}${at}.`;
}

/** What the run is, and how far. */
export function runText(hello: RunHello, run: RunEntry | null): string {
  const time = hello.time === 'virtual' ? ', on virtual time' : '';
  const kind = { run: 'run', calibrate: 'calibration', steer: 'steered by hand' }[hello.command];
  const where = run == null || run.host === null ? '' : `, on ${run.host}, watched only`;
  return `${kind}, scheme ${hello.scheme}${time}${where}, ${run?.isOver === false ? 'goes on' : 'is over'}`;
}
