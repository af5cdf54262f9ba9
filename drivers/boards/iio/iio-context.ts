/** What a context's XML tells of ADAR1000s: only tags and their attributes matter, and these hold no tags. */

interface IioChip {
  /** `iio:device3`. */
  readonly id: string;
  /** Its label where it has one, else its name. */
  readonly name: string;
  /** Ids of the output channels that have a phase, in order: `voltage0`. */
  readonly channels: readonly string[];
}

export interface FoundContext {
  readonly attributes: Readonly<Record<string, string>>;
  /** Names of all devices, for messages. */
  readonly devices: readonly string[];
  /** Devices that can be such a chip: channels with phases, and `tx_load_spi`; in the order of their names. */
  readonly chips: readonly IioChip[];
}

interface Device {
  readonly id: string;
  readonly name: string;
  readonly channels: string[];
  hasLoad: boolean;
}

export function readContext(xml: string): FoundContext {
  const attributes: Record<string, string> = {};
  const devices: Device[] = [];
  let channel: { readonly id: string; readonly isOutput: boolean } | null = null;
  // Behind the document type, which has tags of its own.
  for (const [, end, tag, rest] of xml
    .replace(/<!DOCTYPE[^[]*\[[\s\S]*?\]>/, '')
    .matchAll(/<(\/?)([a-z][a-z-]*)([^<>]*)>/g)) {
    const keys = keysOf(rest!);
    const device = devices.at(-1);
    if (tag === 'context-attribute') attributes[keys.name ?? ''] = keys.value ?? '';
    else if (tag === 'device' && end === '') {
      devices.push({
        id: keys.id ?? '',
        name: keys.label ?? keys.name ?? keys.id ?? '',
        channels: [],
        hasLoad: false,
      });
    } else if (tag === 'channel') {
      channel =
        end === '/' || rest!.endsWith('/') ? null : { id: keys.id ?? '', isOutput: keys.type === 'output' };
    } else if (tag === 'attribute' && device !== undefined) {
      if (channel === null) device.hasLoad ||= keys.name === 'tx_load_spi';
      else if (channel.isOutput && keys.name === 'phase') device.channels.push(channel.id);
    }
  }
  const chips = devices
    .filter(({ hasLoad, channels }) => hasLoad && channels.length > 0)
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
    .map(({ id, name, channels }) => ({ id, name, channels }));
  return { attributes, devices: devices.map(({ name }) => name), chips };
}

function keysOf(text: string): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    [...text.matchAll(/([a-z_-]+)="([^"]*)"/g)].map(([, key, value]) => [key, unescaped(value!)]),
  );
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(
    /&(?:#(\d{1,6})|([a-z]+));/g,
    (all, number: string | undefined, name: string | undefined) =>
      number === undefined ? (NAMED[name!] ?? all) : String.fromCodePoint(Math.min(Number(number), 0x10ffff)),
  );
}
