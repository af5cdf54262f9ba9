/** The text protocol of iiod, as libiio 0.x speaks it on TCP: what a client asks, and what it is answered. */
import { type Adar1000, CHANNEL_ATTRIBUTES, CHANNELS, DEVICE_ATTRIBUTES, ERRNO } from './adar1000.js';

const VERSION = '0.24.beamloo';
/** Longest text that an attribute takes. */
const MOST_PAYLOAD = 4096;
const MOST_LINE = 1024;

export interface IioContext {
  /** Names of the devices are their labels. */
  readonly chips: readonly Adar1000[];
  readonly serialNumber: string;
  /** Something was written. */
  readonly onWritten: () => void;
}

/** One connection: bytes in, answers out. */
export class IiodSession {
  readonly #context: IioContext;
  readonly #answer: (text: string) => void;
  readonly #end: () => void;
  #buffer = '';
  /** A WRITE whose text has not come yet. */
  #writing: { readonly words: readonly string[]; readonly length: number } | null = null;

  constructor(context: IioContext, answer: (text: string) => void, end: () => void) {
    this.#context = context;
    this.#answer = answer;
    this.#end = end;
  }

  push(chunk: Uint8Array): void {
    this.#buffer += Buffer.from(chunk).toString('latin1');
    for (;;) {
      if (this.#writing !== null) {
        const { words, length } = this.#writing;
        if (this.#buffer.length < length) return;
        const text = this.#buffer.slice(0, length);
        this.#buffer = this.#buffer.slice(length);
        this.#writing = null;
        this.#say(this.#write(words, text.replace(/[\0\n]+$/, '').trim()) || length);
        continue;
      }
      const end = this.#buffer.indexOf('\n');
      if (end < 0) {
        if (this.#buffer.length > MOST_LINE) this.#end();
        return;
      }
      const line = this.#buffer.slice(0, end).replace(/\r$/, '');
      this.#buffer = this.#buffer.slice(end + 1);
      this.#line(line.split(' ').filter(Boolean));
    }
  }

  #line([command = '', ...words]: readonly string[]): void {
    switch (command.toUpperCase()) {
      case '':
        break;
      case 'EXIT':
        this.#end();
        break;
      case 'VERSION':
        this.#answer(`${VERSION}\n`);
        break;
      case 'PRINT': {
        const xml = contextXml(this.#context);
        this.#answer(`${xml.length}\n${xml}\n`);
        break;
      }
      case 'TIMEOUT':
        this.#say(0);
        break;
      case 'READ':
        this.#read(words);
        break;
      case 'WRITE': {
        const length = Number(words.at(-1));
        const isText = Number.isInteger(length) && length >= 1 && length <= MOST_PAYLOAD;
        if (isText) this.#writing = { words: words.slice(0, -1), length };
        else this.#say(ERRNO.invalid);
        break;
      }
      // The device has no trigger, which libiio does not take for an error.
      case 'GETTRIG':
        this.#say(ERRNO.noEntry);
        break;
      // Nothing can be streamed.
      case 'SETTRIG':
      case 'OPEN':
      case 'CLOSE':
      case 'READBUF':
      case 'WRITEBUF':
        this.#say(ERRNO.noDevice);
        break;
      default:
        this.#say(ERRNO.invalid);
    }
  }

  #read(words: readonly string[]): void {
    const found = this.#find(words);
    const text = typeof found === 'number' ? found : found.read();
    if (typeof text === 'number') this.#say(text);
    else this.#answer(`${text.length}\n${text}\n`);
  }

  /** 0, or an error number. */
  #write(words: readonly string[], text: string): number {
    const found = this.#find(words);
    if (typeof found === 'number') return found;
    const error = found.write(text);
    if (error === 0) this.#context.onWritten();
    return error;
  }

  /** `DEVICE ATTRIBUTE`, or `DEVICE OUTPUT CHANNEL ATTRIBUTE`. */
  #find(words: readonly string[]) {
    const [device, where, channel, attribute] = words;
    const chip = this.#context.chips[deviceNumber(device)];
    if (chip === undefined) return ERRNO.noDevice;
    if (words.length === 2) {
      return { read: () => chip.readDevice(where!), write: (text: string) => chip.writeDevice(where!, text) };
    }
    const number = Number(/^voltage([0-3])$/.exec(channel ?? '')?.[1] ?? Number.NaN);
    if (words.length !== 4 || where !== 'OUTPUT' || Number.isNaN(number)) return ERRNO.noEntry;
    return {
      read: () => chip.readChannel(number, attribute!),
      write: (text: string) => chip.writeChannel(number, attribute!, text),
    };
  }

  #say(value: number): void {
    this.#answer(`${value}\n`);
  }
}

function deviceNumber(id: string | undefined): number {
  const match = /^(?:iio:device|adar1000_)(\d{1,3})$/.exec(id ?? '');
  return match === null ? -1 : Number(match[1]);
}

/** With its document type, without which libiio reads nothing. */
function contextXml({ chips, serialNumber }: IioContext): string {
  const channel = (number: number) =>
    `<channel id="voltage${number}" type="output" >${CHANNEL_ATTRIBUTES.map(
      (name) => `<attribute name="${name}" filename="out_voltage${number}_${name}" />`,
    ).join('')}</channel>`;
  const device = (number: number) =>
    `<device id="iio:device${number}" name="adar1000_${number}" label="BEAM${number}" >${Array.from({ length: CHANNELS }, (_, k) => channel(k)).join('')}${DEVICE_ATTRIBUTES.map(
      (name) => `<attribute name="${name}" />`,
    ).join('')}</device>`;
  return (
    `<?xml version="1.0" encoding="utf-8"?>${DOCUMENT_TYPE}<context name="network" description="beamloop emulated ADAR1000" >` +
    `<context-attribute name="hw_serial" value="${escaped(serialNumber)}" /><context-attribute name="hw_model" value="emulated ADAR1000 array" />` +
    `${chips.map((_, k) => device(k)).join('')}</context>`
  );
}

function escaped(text: string): string {
  return text.replace(/[^A-Za-z0-9 ._-]/g, (character) => `&#${character.codePointAt(0)};`);
}

const EMPTY = (name: string) => `<!ELEMENT ${name} EMPTY>`;
const DOCUMENT_TYPE =
  '<!DOCTYPE context [<!ELEMENT context (device | context-attribute)*>' +
  '<!ELEMENT device (channel | attribute | debug-attribute | buffer-attribute)*><!ELEMENT channel (scan-element?, attribute*)>' +
  ['context-attribute', 'attribute', 'scan-element', 'debug-attribute', 'buffer-attribute']
    .map(EMPTY)
    .join('') +
  '<!ATTLIST context name CDATA #REQUIRED description CDATA #IMPLIED>' +
  '<!ATTLIST context-attribute name CDATA #REQUIRED value CDATA #REQUIRED>' +
  '<!ATTLIST device id CDATA #REQUIRED name CDATA #IMPLIED label CDATA #IMPLIED>' +
  '<!ATTLIST channel id CDATA #REQUIRED type (input|output) #REQUIRED name CDATA #IMPLIED>' +
  '<!ATTLIST scan-element index CDATA #REQUIRED format CDATA #REQUIRED scale CDATA #IMPLIED>' +
  '<!ATTLIST attribute name CDATA #REQUIRED filename CDATA #IMPLIED>' +
  '<!ATTLIST debug-attribute name CDATA #REQUIRED><!ATTLIST buffer-attribute name CDATA #REQUIRED>]>';
