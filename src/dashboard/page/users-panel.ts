/** Who the run looks for: where each truly is, where it was found, and how it is served. */
import { shortKey } from '../../codebook/codeword.js';
import type { LiveEpoch, LiveEstimate, LivePosition, RunHello } from '../../live/messages.js';
import type { PatternMessage, ShownMessage } from '../page-messages.js';
import { panel, setText, Table } from './elements.js';
import { Pace, type RunPanel } from './run-panel.js';
import { count, decibels, degrees, metres, NOTHING, seenAt } from './words.js';

/** Rows of the table; of more users, those that something was heard of last. */
const MOST_ROWS = 100;

interface User {
  readonly id: string;
  truth: readonly number[] | null;
  readonly snrDb: number | null;
  estimate: LiveEstimate | null;
  epoch: LiveEpoch | null;
}

export class UsersPanel implements RunPanel {
  readonly root: HTMLElement;
  readonly isOfRun = true;
  readonly #caption: HTMLElement;
  readonly #table = new Table('Users', [
    { title: 'User' },
    { title: 'True place' },
    { title: 'Estimate' },
    { title: 'Codeword' },
    { title: 'Pilots', isNumber: true },
    { title: 'Rate', isNumber: true, isLeftOut: true },
    { title: 'Tracked', isLeftOut: true },
  ]);
  readonly #users = new Map<string, User>();
  readonly #pace = new Pace(4);
  #isPlanar = false;
  #isNew = false;

  constructor() {
    const { root, body, caption } = panel('users', 'Users');
    this.root = root;
    this.#caption = caption;
    body.append(this.#table.root);
  }

  follow({ users, array }: RunHello): void {
    this.#isPlanar = array.planar !== null;
    this.#users.clear();
    for (const { id, truthM, snrDb } of users)
      this.#users.set(id, { id, truth: truthM, snrDb, estimate: null, epoch: null });
    this.#isNew = true;
  }

  take(message: ShownMessage | PatternMessage): void {
    if (message.type !== 'estimate' && message.type !== 'epoch' && message.type !== 'position') return;
    const user = this.#users.get(message.ue);
    if (user === undefined) return;
    this.#learn(user, message);
    this.#isNew = true;
  }

  draw(nowMs: number): void {
    if (!this.#isNew || !this.#pace.isDue(nowMs)) return;
    this.#isNew = false;
    const users = [...this.#users.values()];
    this.#table.show(users.slice(0, MOST_ROWS).map((user) => this.#row(user)));
    const found = users.filter(({ estimate }) => estimate !== null).length;
    const more = users.length - MOST_ROWS;
    setText(
      this.#caption,
      users.length === 0
        ? 'This run has no users.'
        : `${count(found)} of ${count(users.length)} found${more > 0 ? `; the first ${MOST_ROWS} are listed` : ''}.`,
    );
  }

  #learn(user: User, message: LiveEstimate | LiveEpoch | LivePosition): void {
    if (message.type === 'estimate') user.estimate = message;
    else if (message.type === 'epoch') user.epoch = message;
    else user.truth = message.placeM;
  }

  #row({ id, truth, estimate, epoch }: User): string[] {
    return [
      id,
      truth === null ? NOTHING : seenAt(truth, this.#isPlanar),
      estimate === null ? NOTHING : this.#estimated(estimate),
      estimate === null ? NOTHING : shortKey(estimate.codewordKey),
      estimate === null ? NOTHING : count(estimate.numPilots),
      estimate?.rate == null ? NOTHING : estimate.rate.toFixed(2),
      epoch === null
        ? NOTHING
        : `${epoch.state}, epoch ${count(epoch.epoch)}, gain ${decibels(epoch.gainDb)}`,
    ];
  }

  #estimated({ angleRad, elevationRad, distanceM }: LiveEstimate): string {
    if (this.#isPlanar) return `${degrees(angleRad)}, ${degrees(elevationRad ?? 0)} up`;
    return `${metres(distanceM)}, ${degrees(angleRad)}`;
  }
}
