/** The driver of boards that a template describes: docs/boards.md. */
import { type Clock, monotonicClock } from '../../../src/core/clock.js';
import { BeamloopError } from '../../../src/core/errors.js';
import { clipped } from '../../../src/core/printable.js';
import type { ElementSettings } from '../../array-board.js';
import type { Format } from '../../template/format.js';
import type { Read } from '../../template/match.js';
import {
  type Codes,
  commandTexts,
  framed,
  type Template,
  type TemplateCommand,
} from '../../template/template.js';
import type { Transport } from '../../transports/transport.js';
import type {
  BoardIdentity,
  ElementDriver,
  ElementDriverFacts,
  ElementDriverStatistics,
  Word,
} from '../host-timed/element-driver.js';
import { plainText, TemplateLine } from './template-line.js';

/** Commands of one codeword that were sent again, until the next silence fails it. */
const MOST_BEGUN_AGAIN = 8;

export interface TemplateDriverOptions {
  readonly template: Template;
  readonly transport: Transport;
  readonly clock?: Clock;
  /** How long the board may take to answer the greeting after its port was opened, s. */
  readonly openTimeoutS?: number;
}

/** What a template promises, before a port is touched. */
export function templateFacts(template: Template): ElementDriverFacts {
  const { numElements, phaseBits, amplitudeBits, write, table, apply, trigger, timing, hello } = template;
  const codes: Codes = {
    phaseCode: new Uint16Array(numElements),
    amplitudeCode: new Uint16Array(numElements),
  };
  const cost = (command: TemplateCommand | null | undefined, index?: number) =>
    costOf(template, command ?? null, codes, index);
  const [written, applied, stored, selected] = [
    cost(write),
    cost(apply),
    cost(table?.store, 0),
    cost(table?.select, 0),
  ];
  // A line tells nothing of the board: it is asked whether it is there before the next codeword is written or selected.
  const greetS = trigger === null || hello === null ? 0 : greetingS(template, hello.send);
  return {
    numElements,
    phaseBits,
    amplitudeBits,
    timing: {
      writeS: written.timeS + greetS,
      applyS: applied.timeS,
      storeS: stored.timeS,
      selectS: selected.timeS + greetS,
      settleS: timing.settleS,
    },
    bytes: { write: written.bytes, apply: applied.bytes, store: stored.bytes, select: selected.bytes },
    baud: template.baud,
    words: {
      write: wordOf(write),
      // The line rises when this machine says so.
      apply: trigger === null ? wordOf(apply) : 'applied',
      store: wordOf(table?.store ?? null),
      select: wordOf(table?.select ?? null),
    },
    tableDepth: table?.depth ?? 0,
    appliesApart: apply !== null || trigger !== null,
    appliesByLine: trigger !== null,
    mutes: mutesBy(template),
  };
}

function mutesBy({ mute, write, amplitudeBits }: Template): string | null {
  if (mute !== null) return 'its command';
  return write !== null && amplitudeBits > 0 ? 'amplitude 0 at every element' : null;
}

function costOf(template: Template, command: TemplateCommand | null, codes: Codes, index?: number) {
  if (command === null) return { timeS: 0, bytes: 0 };
  const { baud, timing } = template;
  const texts = commandTexts(template, command, codes, index);
  const bytes = texts.reduce((sum, text) => sum + framed(template, text).length, 0);
  const answerS = command.ok === null ? 0 : timing.answerS;
  return { bytes, timeS: (bytes * 10) / baud + texts.length * (answerS + timing.gapS) };
}

function greetingS(template: Template, send: Format): number {
  const { baud, timing } = template;
  return (framed(template, plainText(send)).length * 10) / baud + timing.answerS + timing.gapS;
}

function wordOf(command: TemplateCommand | null): Word {
  if (command === null || command.ok === null) return 'sent';
  return command.means === 'applied' ? 'applied' : 'acknowledged';
}

export class TemplateDriver implements ElementDriver {
  readonly name: string;
  readonly facts: ElementDriverFacts;
  /** Absent unless the template has a table. */
  readonly store?: NonNullable<ElementDriver['store']>;
  readonly select?: NonNullable<ElementDriver['select']>;
  /** Absent unless it has `apply` or a trigger. */
  readonly apply?: NonNullable<ElementDriver['apply']>;
  /** Absent unless it has `hello`. */
  readonly isThere?: NonNullable<ElementDriver['isThere']>;
  readonly #template: Template;
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #openTimeoutS: number;
  readonly #line: TemplateLine;
  /** The line that triggers goes back, which the next step waits for. */
  #pulse: Promise<void> = Promise.resolve();

  /** @throws PORT_FAILED when a line is to trigger on a port that has none. */
  constructor({ template, transport, clock = monotonicClock, openTimeoutS = 3 }: TemplateDriverOptions) {
    this.name = transport.name;
    this.facts = templateFacts(template);
    this.#template = template;
    this.#transport = transport;
    this.#clock = clock;
    this.#openTimeoutS = openTimeoutS;
    this.#line = new TemplateLine(template, transport, clock);
    const { table, apply, trigger, hello } = template;
    if (trigger !== null && transport.setLines === undefined) throw noLines(transport.name);
    if (table !== null) {
      this.store = (index, settings) =>
        this.#codeword(table.store, settings, Number.POSITIVE_INFINITY, table.first + index);
      this.select = (index, untilS) =>
        this.#plain(table.select, untilS, { index: table.first + index, once: true });
    }
    if (trigger !== null) this.apply = () => this.#trigger();
    else if (apply !== null) this.apply = (untilS) => this.#plain(apply, untilS, { once: true });
    if (hello !== null) this.isThere = () => this.#isThere(hello);
  }

  async open(onLost: (reason: string) => void): Promise<BoardIdentity> {
    const { hello, model, serialNumber, trigger } = this.#template;
    await this.#line.open(onLost);
    this.#pulse = Promise.resolve();
    try {
      if (trigger !== null) await this.#setTrigger(false);
      const untilS = this.#clock.nowS() + this.#openTimeoutS;
      const said = hello === null ? [] : await this.#greet(hello, untilS);
      const text = (name: string) => said.find(([field]) => field === name)?.[1];
      return {
        model: clipped(String(text('model') || model)),
        serialNumber: clipped(String(text('serial') || (serialNumber ?? 'unknown'))),
        firmware: clipped(String(text('firmware') || 'unknown')),
      };
    } catch (error) {
      await this.#line.close();
      throw error;
    }
  }

  async write(settings: ElementSettings, untilS: number): Promise<Word> {
    return this.#codeword(this.#template.write!, settings, untilS);
  }

  async mute(muted: boolean): Promise<Word> {
    const { mute, unmute, numElements, apply, trigger } = this.#template;
    const untilS = Number.POSITIVE_INFINITY;
    if (mute !== null && unmute !== null) return this.#plain(muted ? mute : unmute, untilS);
    // The next codeword has amplitudes of its own.
    if (!muted) return 'applied';
    const zeros = () => new Uint16Array(numElements);
    const off = { phaseCode: zeros(), amplitudeCode: zeros(), delayCode: null, lineCode: null };
    const written = await this.write(off, untilS);
    if (apply === null && trigger === null) return written;
    const applied = await this.apply!(untilS);
    return written === 'sent' ? 'sent' : applied;
  }

  statistics(): ElementDriverStatistics {
    return this.#line.statistics();
  }

  close(): Promise<void> {
    return this.#line.close();
  }

  async #greet(hello: NonNullable<Template['hello']>, untilS: number): Promise<Read> {
    const body = plainText(hello.send);
    for (;;) {
      try {
        return (await this.#line.ask({ body, ok: hello.answer, isOurs: () => true, untilS }))!;
      } catch (error) {
        if (!(error instanceof BeamloopError) || error.code !== 'BOARD_SILENT') throw error;
        if (this.#clock.nowS() < untilS) continue;
        throw new BeamloopError('NOT_A_BOARD', {
          what: `The board does not answer its greeting as the template says within ${this.#openTimeoutS} s: ${error.what}`,
          where: this.name,
          todo: 'Check power, cable, baud rate and the template; board.openTimeout gives a slow board more time, timing.warmUp of the template one that starts anew when its port is opened',
        });
      }
    }
  }

  async #codeword(
    command: TemplateCommand,
    settings: ElementSettings,
    untilS: number,
    index?: number,
  ): Promise<Word> {
    await this.#pulse;
    const { wiring } = this.#template;
    const texts = commandTexts(this.#template, command, settings, index);
    const { retries: before } = this.#line.statistics();
    let retries = before;
    for (let n = 0; n < texts.length; ) {
      const body = texts[n]!;
      const values = command.isPerElement
        ? {
            element: wiring[n]!,
            phase: settings.phaseCode[n]!,
            amplitude: settings.amplitudeCode?.[n],
            index,
          }
        : { index };
      // What was asked for so often is not begun again.
      const once = retries - before > MOST_BEGUN_AGAIN;
      await this.#line.ask({ body, ok: command.ok, isOurs: echoes(values), untilS, once });
      const wasSilent = this.#line.statistics().retries > retries;
      retries = this.#line.statistics().retries;
      // With its power the board would have lost the elements before, too.
      n = wasSilent && n > 0 ? 0 : n + 1;
    }
    return wordOf(command);
  }

  async #plain(
    command: TemplateCommand,
    untilS: number,
    { index, once = false }: { readonly index?: number; readonly once?: boolean } = {},
  ): Promise<Word> {
    await this.#pulse;
    const [body] = commandTexts(this.#template, command, null, index) as [string];
    await this.#line.ask({ body, ok: command.ok, isOurs: echoes({ index }), untilS, once });
    return wordOf(command);
  }

  async #isThere({ send, answer }: NonNullable<Template['hello']>): Promise<void> {
    const untilS = Number.POSITIVE_INFINITY;
    await this.#line.ask({ body: plainText(send), ok: answer, isOurs: () => true, untilS, once: true });
  }

  async #trigger(): Promise<Word> {
    await this.#pulse;
    await this.#setTrigger(true);
    const { pulseS } = this.#template.trigger!;
    this.#pulse = this.#clock.sleep(pulseS).then(() => this.#setTrigger(false));
    this.#pulse.catch(() => {}); // whoever waits for it is told
    return 'applied';
  }

  async #setTrigger(active: boolean): Promise<void> {
    const { line, isActiveOn } = this.#template.trigger!;
    await this.#transport.setLines!({ [line]: active === isActiveOn });
  }
}

/** Whether an answer that repeats what was sent repeats this. */
function echoes(values: Readonly<Record<string, number | undefined>>): (read: Read) => boolean {
  return (read) => read.every(([name, value]) => !(name in values) || values[name] === value);
}

function noLines(where: string): BeamloopError {
  return new BeamloopError('PORT_FAILED', {
    what: 'The template triggers the board by a line of a serial port, and this port has no such lines',
    where,
    todo: 'Use a serial port of this machine, or apply codewords by a command (apply)',
  });
}
