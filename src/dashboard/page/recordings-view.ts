/** Recordings of the folder: a list, the report of one, and what differs between several. */
import type { Comparison, RecordingEntry, RecordingList } from '../page-messages.js';
import type { Connection } from './connection.js';
import { element, setText, Table } from './elements.js';
import { bytes, count, NOTHING } from './words.js';

const MOST_COMPARED = 8;
const STATES: Readonly<Record<RecordingEntry['state'], string>> = {
  complete: 'complete',
  unfinished: 'not finished',
  busy: 'being written',
  unreadable: 'cannot be read',
};

export class RecordingsView {
  readonly #root: HTMLElement;
  readonly #connection: Connection;
  readonly #status = element('p', { role: 'status' });
  readonly #body = element('tbody');
  readonly #compare = element('button', { type: 'button', disabled: true }, 'Compare what is chosen');
  readonly #detail = element('div', { class: 'detail' });
  readonly #chosen = new Set<string>();
  #isLoading = false;

  constructor(root: HTMLElement, connection: Connection) {
    this.#root = root;
    this.#connection = connection;
    const again = element('button', { type: 'button' }, 'Look again');
    again.addEventListener('click', () => void this.load());
    this.#compare.addEventListener('click', () => void this.#showComparison());
    const heads = ['', 'Recording', 'What', 'Scheme', 'State', 'Found', 'Begun', 'Size', ''];
    const table = element(
      'table',
      {},
      element('caption', { class: 'unseen' }, 'Recordings'),
      element('thead', {}, element('tr', {}, ...heads.map(headOf))),
      this.#body,
    );
    const list = element(
      'section',
      { class: 'panel', 'aria-labelledby': 'recordings-title' },
      element('h2', { id: 'recordings-title' }, 'Recordings'),
      this.#status,
      element('p', { class: 'choice' }, again, ' ', this.#compare),
      element('div', { class: 'table', tabindex: 0, role: 'region', 'aria-label': 'Recordings' }, table),
    );
    this.#root.append(list, this.#detail);
  }

  async load(): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    setText(this.#status, 'The recordings are being looked through …');
    try {
      const list = await this.#connection.fetch<RecordingList>('/api/recordings');
      this.#chosen.clear();
      this.#choose();
      this.#body.replaceChildren(...list.recordings.map((entry) => this.#row(entry)));
      setText(this.#status, statusOf(list));
    } catch (error) {
      this.#body.replaceChildren();
      setText(this.#status, (error as Error).message);
    } finally {
      this.#isLoading = false;
    }
  }

  #row(entry: RecordingEntry): HTMLElement {
    const { name, state, error, title, scheme, startedAt, sizeBytes, numUsers, numFound, kind } = entry;
    const isReadable = error === null;
    const box = element('input', {
      type: 'checkbox',
      'aria-label': `Compare ${name}`,
      disabled: !isReadable || kind !== 'run',
    });
    box.addEventListener('change', () => {
      if (box.checked) this.#chosen.add(name);
      else this.#chosen.delete(name);
      this.#choose();
    });
    const open = element(
      'button',
      { type: 'button', disabled: !isReadable, 'aria-label': `Report of ${name}` },
      'Report',
    );
    open.addEventListener('click', () => void this.#showReport(name));
    const why = error === null ? '' : `: ${error.what}${error.todo === undefined ? '' : `. ${error.todo}`}`;
    const cells: readonly (Node | string)[] = [
      box,
      name,
      title ?? NOTHING,
      scheme ?? NOTHING,
      element('span', { class: isReadable ? null : 'bad' }, `${STATES[state]}${why}`),
      numUsers === null
        ? NOTHING
        : kind === 'calibration'
          ? 'calibration'
          : `${count(numFound ?? 0)} of ${count(numUsers)}`,
      startedAt === null ? NOTHING : startedAt.replace('T', ' ').slice(0, 19),
      bytes(sizeBytes),
      open,
    ];
    return element(
      'tr',
      {},
      ...cells.map((cell, k) => element(k === 1 ? 'th' : 'td', k === 1 ? { scope: 'row' } : {}, cell)),
    );
  }

  #choose(): void {
    const { size } = this.#chosen;
    this.#compare.disabled = size < 2 || size > MOST_COMPARED;
    setText(
      this.#compare,
      size > MOST_COMPARED
        ? `At most ${MOST_COMPARED} can be compared`
        : size < 2
          ? 'Compare: choose two or more'
          : `Compare these ${size}`,
    );
  }

  async #showReport(name: string): Promise<void> {
    const heading = element('h2', { tabindex: -1 }, `Report of ${name}`);
    const section = element(
      'section',
      { class: 'panel report' },
      heading,
      element('p', { role: 'status' }, 'The report is being fetched …'),
    );
    this.#detail.replaceChildren(section);
    heading.focus();
    try {
      const { address } = await this.#connection.fetch<{ address: string }>('/api/report', { names: [name] });
      // The report runs nothing and asks for nothing; its address is good for a minute.
      const frame = element('iframe', { src: address, title: `Report of ${name}`, sandbox: '' });
      const link = element(
        'a',
        { href: address, target: '_blank', rel: 'noopener' },
        'Open it in a tab of its own',
      );
      section.replaceChildren(heading, element('p', {}, link), frame);
    } catch (error) {
      section.replaceChildren(
        heading,
        element('p', { class: 'bad', role: 'alert' }, (error as Error).message),
      );
    }
  }

  async #showComparison(): Promise<void> {
    const names = [...this.#chosen];
    const heading = element('h2', { tabindex: -1 }, 'What differs');
    const section = element(
      'section',
      { class: 'panel' },
      heading,
      element('p', { role: 'status' }, 'They are being compared …'),
    );
    this.#detail.replaceChildren(section);
    heading.focus();
    try {
      const compared = await this.#connection.fetch<Comparison>('/api/compare', { names });
      section.replaceChildren(heading, ...comparisonTables(compared));
    } catch (error) {
      section.replaceChildren(
        heading,
        element('p', { class: 'bad', role: 'alert' }, (error as Error).message),
      );
    }
  }
}

function headOf(title: string, k: number): HTMLElement {
  if (title !== '') return element('th', { scope: 'col' }, title);
  const unseen = k === 0 ? 'Chosen' : 'Report';
  return element('th', { scope: 'col' }, element('span', { class: 'unseen' }, unseen));
}

function statusOf({ folder, recordings, numForeign, numMore }: RecordingList): string {
  const broken = recordings.filter(({ state }) => state === 'unreadable').length;
  const busy = recordings.filter(({ state }) => state === 'busy').length;
  return [
    `${count(recordings.length + numMore)} recordings in ${folder}`,
    ...(numMore > 0 ? [`the latest ${recordings.length} are listed`] : []),
    ...(busy > 0 ? [`${busy} being written`] : []),
    ...(broken > 0 ? [`${broken} cannot be read`] : []),
    ...(numForeign > 0 ? [`${count(numForeign)} other things in the folder are none`] : []),
  ].join('; ');
}

function comparisonTables({ names, settings, figures, users }: Comparison): HTMLElement[] {
  const table = (title: string, rows: Comparison['settings'], same: string) => {
    if (rows.length === 0) return element('p', {}, same);
    const shown = new Table(
      title,
      [title, ...names].map((column) => ({ title: column })),
    );
    shown.show(rows);
    return shown.root;
  };
  return [
    table('Setting', settings, 'The settings are the same.'),
    table('What came of it', figures, 'Nothing came of any of them.'),
    table('Estimate of', users, 'The estimates of all users are the same.'),
  ];
}
