import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeMarkup, html, shown, trusted } from '../../../src/report/page/html.js';
import { expectWellFormed, unescapeMarkup } from '../../fixtures/read-svg.js';

describe('html', () => {
  it('escapes what is put in, in text and in attributes, and keeps pieces of HTML', () => {
    const inner = html`<b>${'<i>'}</b>`;
    expect(html`<p title="${`"'&`}">${inner}${[1, null, false, 'x']}</p>`.markup).toBe(
      '<p title="&quot;&#39;&amp;"><b>&lt;i&gt;</b>1x</p>',
    );
    expect(html`${trusted('<svg/>')}`.markup).toBe('<svg/>');
  });

  it('whatever text comes in, the page stays well-formed and the text can be read back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const { markup } = html`<p title="${text}">${text}</p>`;
        expectWellFormed(markup);
        expect(unescapeMarkup(/>(.*)<\/p>/s.exec(markup)![1]!)).toBe(shown(text));
      }),
      { numRuns: 200 },
    );
  });

  it('replaces control characters and marks that turn the reading direction, and cuts long text', () => {
    expect(shown('a\u0000b\u202ec\ud800d')).toBe('a\ufffdb\ufffdc\ufffdd');
    expect(shown('line\nbreak\tand ünïcödé 🙂')).toBe('line\nbreak\tand ünïcödé 🙂');
    expect(shown('x'.repeat(50), 10)).toBe(`${'x'.repeat(9)}…`);
    expect(escapeMarkup(`<a href="x">'&`)).toBe('&lt;a href=&quot;x&quot;&gt;&#39;&amp;');
  });
});
