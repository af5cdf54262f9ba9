/** Elements of the page. Text is always text: names of users and runs come from files. */

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
}

/** A table that can be scrolled sideways by itself, and reached by keyboard then. */
export class Table {
  readonly root: HTMLElement;
  readonly #body = element('tbody');
  readonly #columns: readonly Column[];
  #shown = '';

  constructor(caption: string, columns: readonly Column[]) {
    this.#columns = columns;
    const heads = columns.map(({ title, isNumber }) =>
      element('th', { scope: 'col', class: isNumber ? 'number' : null }, title),
    );
    const table = element(
      'table',
      {},
      element('caption', { class: 'unseen' }, caption),
      element('thead', {}, element('tr', {}, ...heads)),
      this.#body,
    );
    this.root = element('div', { class: 'table', tabindex: 0, role: 'region', 'aria-label': caption }, table);
  }

  /** @param rows cells of each; the first is the row's head. */
  show(rows: readonly (readonly string[])[]): void {
    const shown = JSON.stringify(rows);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#body.replaceChildren(
      ...rows.map((cells) =>
        element(
          'tr',
          {},
          ...cells.map((cell, k) =>
            element(
              k === 0 ? 'th' : 'td',
              { ...(k === 0 && { scope: 'row' }), class: this.#columns[k]?.isNumber ? 'number' : null },
              cell,
            ),
          ),
        ),
      ),
    );
  }
}
