/** A board that speaks what a template describes: it parses commands, keeps the state of its elements, and answers. */
import { Random } from '../../../src/core/random.js';
import { type Template, withChecksum } from '../../template/template.js';
import type { AirSlot } from '../emulated-board.js';
import { byteNoise } from '../faults/byte-noise.js';
import type { FaultPlan } from '../faults/fault-plan.js';
import { Line } from '../line.js';
import { IDEAL_RF, RfFrontEnd, type RfImpairments } from '../rf.js';
import { type Timers, wallTimers } from '../timers.js';
import { ElementAir } from './element-air.js';
import { type ReplyFaults, type SendReply, withReplyFaults } from './reply-faults.js';
import { answerText, type HeardCommand, TemplateCommands } from './template-commands.js';

export interface TemplateBoardOptions {
  readonly template: Template;
  readonly serialNumber: string;
  readonly rf?: Partial<RfImpairments>;
  readonly faults?: Pick<FaultPlan, 'toBoard' | 'toHost'>;
  readonly replies?: ReplyFaults | undefined;
  readonly seed?: number;
  readonly timers?: Timers;
  /** Bytes for the host. */
  readonly toHost: (chunk: Uint8Array) => void;
  readonly onAir?: (piece: AirSlot) => void;
  readonly onBacklog?: (full: boolean) => void;
}

const FIRMWARE = 'emulator 1.0';

/** Codes that wait to be put in force, or are in force; shape [numElements] each. */
interface Codes {
  readonly phaseCode: Uint16Array;
  readonly amplitudeCode: Uint16Array | null;
}

export class TemplateBoard {
  readonly #template: Template;
  readonly #options: TemplateBoardOptions;
  readonly #timers: Timers;
  readonly #commands: TemplateCommands;
  readonly #air: ElementAir;
  readonly #toBoard: Line;
  readonly #toHost: Line;
  readonly #reply: SendReply;
  readonly #placeOf: ReadonlyMap<number, number>;
  readonly #appliesApart: boolean;
  #written: Codes;
  #table = new Map<number, Codes>();
  #isMuted = false;
  #isOn = true;
  /** While it starts, it hears nothing. */
  #deafUntilS = 0;

  constructor(options: TemplateBoardOptions) {
    const {
      template,
      seed = 1,
      timers = wallTimers,
      rf,
      faults,
      replies,
      onAir = () => {},
      onBacklog,
    } = options;
    this.#template = template;
    this.#options = options;
    this.#timers = timers;
    this.#commands = new TemplateCommands(template);
    this.#placeOf = new Map(template.wiring.map((name, n) => [name, n]));
    this.#appliesApart = template.apply !== null || template.trigger !== null;
    this.#written = this.#fullOn();
    const { numElements, phaseBits, amplitudeBits } = template;
    const format = { numElements, phaseBits, amplitudeBits, delayLsbS: 0, delayLinesS: null };
    const frontEnd = new RfFrontEnd(format, { ...IDEAL_RF, ...rf });
    this.#air = new ElementAir(frontEnd, timers, { ...this.#fullOn(), isMuted: false }, onAir);
    const line = (
      direction: 'toBoard' | 'toHost',
      deliver: (chunk: Uint8Array) => void,
      told?: (full: boolean) => void,
    ) => {
      const noise =
        faults === undefined ? null : byteNoise(faults[direction], new Random(seed, 'noise', direction));
      return new Line({
        timers,
        baud: template.baud,
        deliver,
        behaviours: noise === null ? [] : [noise],
        ...(told !== undefined && { onBacklog: told }),
      });
    };
    this.#toBoard = line('toBoard', (chunk) => this.#hear(chunk), onBacklog);
    this.#toHost = line('toHost', (chunk) => queueMicrotask(() => options.toHost(chunk)));
    this.#reply = withReplyFaults(replies, new Random(seed, 'replies'), timers, (bytes) =>
      this.#toHost.push(bytes),
    );
  }

  /** What is in force. */
  get state() {
    return this.#air.state;
  }

  /** Bytes from the host. */
  receive(chunk: Uint8Array): void {
    if (this.#isOn) this.#toBoard.push(chunk);
  }

  /** The trigger input rises. */
  trigger(): void {
    if (this.#template.trigger !== null) this.#inForce(this.#written);
  }

  stall(durationS: number): void {
    this.#toBoard.stall(durationS);
    this.#toHost.stall(durationS);
  }

  /** The cable is pulled: what was on the way is lost. Power stays on. */
  unplug(): void {
    this.#toBoard.clear();
    this.#toHost.clear();
    this.#commands.clear();
  }

  /** Power cycle: codes and table are gone. */
  reset(): void {
    this.unplug();
    this.#table = new Map();
    this.#written = this.#fullOn();
    this.#isMuted = false;
    this.#inForce(this.#written);
    this.#deafUntilS = this.#timers.nowS() + this.#template.timing.warmUpS;
  }

  close(): void {
    this.#isOn = false;
    this.#air.close();
    this.unplug();
  }

  #fullOn(): Codes {
    const { numElements, amplitudeBits } = this.#template;
    return {
      phaseCode: new Uint16Array(numElements),
      amplitudeCode: amplitudeBits === 0 ? null : new Uint16Array(numElements).fill(2 ** amplitudeBits - 1),
    };
  }

  #hear(chunk: Uint8Array): void {
    if (this.#timers.nowS() < this.#deafUntilS) return;
    for (const command of this.#commands.push(chunk)) {
      if (command === null) this.#answerError('unknown');
      else if (command === 'checksum') this.#answerError('checksum');
      else if (this.#carryOut(command)) this.#answerOk(command);
      else this.#answerError('range');
    }
  }

  /** False for a command that names what is not there. */
  #carryOut({ name, read, isPerElement }: HeardCommand): boolean {
    switch (name) {
      case 'hello':
        return true;
      case 'mute':
      case 'unmute':
        this.#isMuted = name === 'mute';
        this.#inForce(this.#air.state);
        return true;
      case 'apply':
        this.#inForce(this.#written);
        return true;
      case 'select': {
        const codes = this.#table.get(numberIn(read, 'index')!);
        if (codes !== undefined) this.#take(codes);
        return codes !== undefined;
      }
      case 'store': {
        const index = numberIn(read, 'index')!;
        const { first, depth } = this.#template.table!;
        const codes = this.#codesOf(read, isPerElement, this.#table.get(index) ?? this.#fullOn());
        if (codes === null || index < first || index >= first + depth) return false;
        this.#table.set(index, codes);
        return true;
      }
      case 'write': {
        const codes = this.#codesOf(read, isPerElement, this.#written);
        if (codes !== null) this.#take(codes);
        return codes !== null;
      }
    }
  }

  #take(codes: Codes): void {
    this.#written = codes;
    if (!this.#appliesApart) this.#inForce(codes);
  }

  #inForce({ phaseCode, amplitudeCode }: Codes): void {
    this.#air.set({ phaseCode, amplitudeCode, isMuted: this.#isMuted });
  }

  /** `before` with what a command of one element, or of all, changes; null for codes and elements that there are not. */
  #codesOf(read: Read, isPerElement: boolean, before: Codes): Codes | null {
    const { numElements, phaseBits, amplitudeBits } = this.#template;
    const phases = numbersIn(read, 'phase');
    const amplitudes = numbersIn(read, 'amplitude');
    const named = isPerElement ? numbersIn(read, 'element') : [];
    const places = isPerElement ? named.map((name) => this.#placeOf.get(name)) : phases.map((_, n) => n);
    const isRight =
      places.every((place) => place !== undefined) &&
      phases.length === (isPerElement ? 1 : numElements) &&
      phases.every((code) => code < 2 ** phaseBits) &&
      amplitudes.every((code) => code < 2 ** amplitudeBits);
    if (!isRight) return null;
    const phaseCode = before.phaseCode.slice();
    const amplitudeCode = before.amplitudeCode?.slice() ?? null;
    for (const [k, place] of places.entries()) {
      phaseCode[place!] = phases[k]!;
      if (amplitudeCode !== null) amplitudeCode[place!] = amplitudes[k]!;
    }
    return { phaseCode, amplitudeCode };
  }

  #answerOk({ ok, read }: HeardCommand): void {
    if (ok === null) return;
    const { model } = this.#template;
    const texts = { model, serial: this.#options.serialNumber, firmware: FIRMWARE, any: '' };
    this.#send(answerText(ok, this.#template, read, texts));
  }

  /** As the template says that it does; else it stays silent. */
  #answerError(when: 'unknown' | 'checksum' | 'range'): void {
    const error = this.#template.answers?.errors.find((each) => each.when === when);
    if (error !== undefined) this.#send(answerText(error.answer, this.#template, [], { any: when }));
  }

  #send(body: string): void {
    const { checksum: sum, speaks, answerEnding, timing } = this.#template;
    const withSum = sum?.answers === true ? withChecksum(this.#template, body) : body;
    const bytes = Buffer.from(withSum + (speaks === 'text' ? answerEnding : ''), 'latin1');
    this.#timers.after(timing.answerS / 2, () => {
      if (this.#isOn) this.#reply(bytes);
    });
  }
}

type Read = HeardCommand['read'];

function numbersIn(read: Read, name: string): number[] {
  return read.flatMap(([field, value]) => (field === name ? [Number(value)] : []));
}

function numberIn(read: Read, name: string): number | undefined {
  return numbersIn(read, name)[0];
}
