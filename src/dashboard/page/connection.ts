/** The page's end of the WebSocket: the token, what is asked and answered, and coming back after the connection is lost. */
import {
  type AnswerMessage,
  PAGE_PROTOCOL,
  type PageMessage,
  type ServerMessage,
  TOKEN_PROTOCOL,
} from '../page-messages.js';

const KEPT_AS = 'beamloop-token';
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 8000;
const ANSWER_MS = 30_000;

type Asked = Exclude<PageMessage, { ask: 'follow' }>;
/** What can be asked, without the tag that tells answers apart. */
export type Request = Asked extends infer Each ? (Each extends Asked ? Omit<Each, 'tag'> : never) : never;

/** `refused`: the token is not, or no longer, that of the dashboard; nothing is tried any more. */
export type ConnectionState = 'open' | 'lost' | 'refused';

/** The token from the address, which then no longer shows it, or from before this tab was loaded anew; null where there is none. */
export function takeToken(): string | null {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given !== null) {
    sessionStorage.setItem(KEPT_AS, given);
    history.replaceState(null, '', location.pathname);
  }
  return sessionStorage.getItem(KEPT_AS);
}

export class Connection {
  readonly #token: string;
  readonly #onMessage: (message: Exclude<ServerMessage, AnswerMessage>) => void;
  readonly #onChange: (state: ConnectionState) => void;
  readonly #waiting = new Map<string, (answer: AnswerMessage) => void>();
  #socket: WebSocket | null = null;
  #retryMs = FIRST_RETRY_MS;
  #numAsked = 0;

  constructor(
    token: string,
    onMessage: (message: Exclude<ServerMessage, AnswerMessage>) => void,
    onChange: (state: ConnectionState) => void,
  ) {
    this.#token = token;
    this.#onMessage = onMessage;
    this.#onChange = onChange;
    this.#open();
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  follow(run: string): void {
    this.#send({ ask: 'follow', run });
  }

  /** Resolves with the answer; with an error of the page's own where none can come. */
  ask(request: Request): Promise<AnswerMessage> {
    const tag = `p${++this.#numAsked}`;
    return new Promise((resolve) => {
      const answer = (message: AnswerMessage) => {
        clearTimeout(timer);
        this.#waiting.delete(tag);
        resolve(message);
      };
      const timer = setTimeout(() => answer(unanswered(tag, 'The dashboard did not answer')), ANSWER_MS);
      this.#waiting.set(tag, answer);
      if (!this.#send({ ...request, tag }))
        answer(unanswered(tag, 'Not sent: the connection to the dashboard is lost'));
    });
  }

  /** A request beside the WebSocket. Throws an Error that says why it failed. */
  async fetch<T>(path: string, body?: unknown): Promise<T> {
    const response = await fetch(path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${this.#token}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }).catch(() => {
      throw new Error('The dashboard does not answer: it has been ended');
    });
    const text = await response.text();
    if (response.ok) return JSON.parse(text) as T;
    if (response.status !== 422) throw new Error(text.trim());
    const { error } = JSON.parse(text) as { error: { what: string; where?: string; todo?: string } };
    const where = error.where === undefined ? '' : ` (${error.where})`;
    throw new Error(`${error.what}${where}${error.todo === undefined ? '' : `. ${error.todo}`}`);
  }

  #send(message: PageMessage): boolean {
    if (!this.isOpen) return false;
    this.#socket!.send(JSON.stringify(message));
    return true;
  }

  /** A WebSocket does not say why it was not opened. */
  async #isRefused(): Promise<boolean> {
    const headers = { authorization: `Bearer ${this.#token}` };
    return fetch('/api/check', { headers }).then(
      ({ status }) => status === 401,
      () => false,
    );
  }

  #open(): void {
    const socket = new WebSocket(`ws://${location.host}/live`, [
      PAGE_PROTOCOL,
      `${TOKEN_PROTOCOL}${this.#token}`,
    ]);
    this.#socket = socket;
    socket.onopen = () => {
      wasOpen = true;
      this.#retryMs = FIRST_RETRY_MS;
      this.#onChange('open');
    };
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data) as ServerMessage;
      if (message.type === 'answer') this.#waiting.get(message.tag)?.(message);
      else this.#onMessage(message);
    };
    let wasOpen = false;
    socket.onclose = async () => {
      for (const [tag, answer] of this.#waiting)
        answer(unanswered(tag, 'The connection to the dashboard was lost before it answered'));
      const isRefused = !wasOpen && (await this.#isRefused());
      this.#onChange(isRefused ? 'refused' : 'lost');
      if (isRefused) return;
      setTimeout(() => this.#open(), this.#retryMs);
      this.#retryMs = Math.min(LAST_RETRY_MS, 2 * this.#retryMs);
    };
  }
}

function unanswered(tag: string, what: string): AnswerMessage {
  return {
    type: 'answer',
    tag,
    text: null,
    done: null,
    error: {
      code: 'UNANSWERED',
      what,
      todo: 'A run goes on without its dashboard: stop it in its terminal, or switch the array off',
    },
  };
}
