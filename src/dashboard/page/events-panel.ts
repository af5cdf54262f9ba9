/** What comes between, newest first; the latest is spoken to who does not see it. */
import { shortKey } from '../../codebook/codeword.js';
import type { LiveEvent, RunHello } from '../../live/messages.js';
import type { PatternMessage, ShownMessage } from '../page-messages.js';
import { byId, element, panel, setText } from './elements.js';
import { Pace, type RunPanel } from './run-panel.js';
import { degrees, metres } from './words.js';

const MOST_EVENTS = 200;
const MOST_DETAIL = 300;

export class EventsPanel implements RunPanel {
  readonly root: HTMLElement;
  readonly #list = element('ol', { class: 'events', tabindex: 0, 'aria-label': 'Events, newest first' });
  readonly #caption: HTMLElement;
  readonly #pace = new Pace(4);
  /** A screen reader that is told everything says nothing. */
  readonly #spokenPace = new Pace(0.5);
  #waiting: HTMLElement[] = [];
  #numEvents = 0;
  #toSay: string | null = null;

  constructor() {
    const { root, body, caption } = panel('events', 'Events');
    this.root = root;
    this.#caption = caption;
    body.append(this.#list);
  }

  follow(_hello: RunHello): void {
    this.#list.replaceChildren();
    this.#waiting = [];
    this.#numEvents = 0;
    setText(this.#caption, 'Nothing has happened yet.');
  }

  take(message: ShownMessage | PatternMessage): void {
    if (message.type === 'event') this.#add(message.wallTimeMs, eventText(message), message.text !== null);
    else if (message.type === 'estimate') {
      const { ue, distanceM, angleRad, codewordKey } = message;
      this.#add(
        null,
        `${ue} was found at ${metres(distanceM)}, ${degrees(angleRad)}, with codeword ${shortKey(codewordKey)}`,
        true,
      );
    } else if (message.type === 'end') {
      const why =
        message.code === null ? 'The run is over' : `The run ended: ${message.what} [${message.code}]`;
      this.#add(
        Date.now(),
        `${why}; the board ${message.muted ? 'confirmed that it is mute' : 'did not confirm that it is mute'}`,
        true,
      );
    }
  }

  draw(nowMs: number): void {
    if (this.#waiting.length > 0 && this.#pace.isDue(nowMs)) {
      this.#list.prepend(...this.#waiting.reverse().slice(0, MOST_EVENTS));
      this.#waiting = [];
      while (this.#list.childElementCount > MOST_EVENTS) this.#list.lastElementChild!.remove();
      setText(
        this.#caption,
        this.#numEvents <= MOST_EVENTS ? '' : `The latest ${MOST_EVENTS} of ${this.#numEvents}.`,
      );
    }
    if (this.#toSay === null || !this.#spokenPace.isDue(nowMs)) return;
    setText(byId('spoken'), this.#toSay);
    this.#toSay = null;
  }

  #add(wallTimeMs: number | null, text: string, isSaid: boolean): void {
    this.#numEvents++;
    const time = wallTimeMs === null ? '' : new Date(wallTimeMs).toLocaleTimeString('en-GB');
    this.#waiting.push(element('li', {}, element('time', {}, time), ` ${text}`));
    if (this.#waiting.length > MOST_EVENTS) this.#waiting.shift();
    if (isSaid) this.#toSay = text;
  }
}

function eventText({ kind, text, detail }: LiveEvent): string {
  if (text !== null) return text;
  const told = detail === null || detail === undefined ? '' : JSON.stringify(detail);
  const clipped = told.length > MOST_DETAIL ? `${told.slice(0, MOST_DETAIL)}…` : told;
  return clipped === '' || clipped === '{}' ? kind : `${kind}: ${clipped}`;
}
