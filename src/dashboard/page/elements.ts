/** Elements of the page. Text is always text: names of users and runs come from files. */
import { NOTHING } from './words.js';

type Attributes = Readonly<Record<string, string | number | boolean | null>>;
type Child = Node | string;

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) continue;
    made.setAttribute(name, value === true ? '' : String(value));
  }
  made.append(...children);
  return made;
}

/** An element of index.html. */
export function byId<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no element ${id}`);
  return found as T;
}

export interface Panel {
  readonly root: HTMLElement;
  readonly body: HTMLElement;
  /** Below what is drawn: what it shows, in words. */
  readonly caption: HTMLElement;
}

/** A part of the page with a heading that names it. */
export function panel(id: string, title: string): Panel {
  const heading = element('h2', { id: `${id}-title` }, title);
  const body = element('div', { class: 'body' });
  const caption = element('p', { class: 'caption' });
  const root = element(
    'section',
    { id, class: 'panel', 'aria-labelledby': `${id}-title` },
    heading,
    body,
    caption,
  );
  return { root, body, caption };
}

/** Sets text that differs only: what screen readers and the layout are not to be troubled with. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

export interface Column {
  readonly title: string;
  readonly isNumber?: boolean;
  /** Where nothing is in it. */
  readonly isLeftOut?: boolean;
}

/** A table that can be scrolled sideways by itself, and reached by keyboard then. */
export class Table {
  readonly root: HTMLElement;
  readonly #head = element('tr');
  readonly #body = element('tbody');
  readonly #columns: readonly Column[];
  #shown = '';

  constructor(caption: string, columns: readonly Column[]) {
    this.#columns = columns;
    const table = element(
      'table',
      {},
      element('caption', { class: 'unseen' }, caption),
      element('thead', {}, this.#head),
      this.#body,
    );
    this.root = element('div', { class: 'table', tabindex: 0, role: 'region', 'aria-label': caption }, table);
    this.show([]);
  }

  /** @param rows cells of each; the first is the row's head. */
  show(rows: readonly (readonly string[])[]): void {
    const shown = JSON.stringify(rows);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const kept = this.#columns.flatMap((column, k) => {
      const isEmpty = rows.every((cells) => cells[k] === NOTHING);
      return column.isLeftOut && isEmpty ? [] : [{ ...column, k }];
    });
    const styleOf = ({ isNumber }: Column) => (isNumber ? 'number' : null);
    this.#head.replaceChildren(
      ...kept.map((column) => element('th', { scope: 'col', class: styleOf(column) }, column.title)),
    );
    this.#body.replaceChildren(
      ...rows.map((cells) =>
        element(
          'tr',
          {},
          ...kept.map((column) => {
            const isHead = column.k === 0;
            const how = { ...(isHead && { scope: 'row' }), class: styleOf(column) };
            return element(isHead ? 'th' : 'td', how, cells[column.k]!);
          }),
        ),
      ),
    );
  }
}
