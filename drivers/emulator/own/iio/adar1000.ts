/**
 * One ADAR1000 as its Linux driver shows it: attributes of four transmit channels and of the device, by their names in sysfs. What is
 * written to phases and gains waits in registers until `tx_load_spi`; positions of the beam memory come into force as they are loaded.
 * Gains are taken for amplitudes, code/127.
 */

/** Channels of a chip. */
export const CHANNELS = 4;
/** Steps of its phases. */
const PHASE_CODES = 128;
const GAIN_CODES = 128;
const BEAM_POSITIONS = 121;
const STEP_DEG = 360 / PHASE_CODES;

/** Error numbers of Linux, as iiod returns them. */
export const ERRNO = { noEntry: -2, access: -13, noDevice: -19, invalid: -22 } as const;

export interface ChannelSetting {
  readonly phaseCode: number;
  readonly gainCode: number;
}

const FULL: ChannelSetting = { phaseCode: 0, gainCode: GAIN_CODES - 1 };

/** Attributes of a transmit channel. */
export const CHANNEL_ATTRIBUTES = [
  'attenuation',
  'beam_pos_load',
  'beam_pos_save',
  'hardwaregain',
  'phase',
  'powerdown',
] as const;
type ChannelAttribute = (typeof CHANNEL_ATTRIBUTES)[number];
/** Switches of the device, which are 0 or 1, and what they are at power-up. */
const SWITCHES = {
  beam_mem_enable: false,
  common_mem_enable: false,
  rx_en: false,
  sequencer_enable: false,
  tx_en: true,
};
/** What does something when 1 is written, and cannot be read. */
const STROBES = ['reset', 'rx_load_spi', 'tx_load_spi'] as const;
export const DEVICE_ATTRIBUTES = [...Object.keys(SWITCHES), ...STROBES, 'static_tx_beam_pos_load'].sort();

interface Channel {
  /** Written, and not in force before `tx_load_spi`. */
  register: ChannelSetting;
  working: ChannelSetting;
  isDown: boolean;
  isAttenuated: boolean;
  loaded: number;
  saved: number;
  readonly memory: Map<number, ChannelSetting>;
}

export class Adar1000 {
  #channels: Channel[] = [];
  #switches = { ...SWITCHES };
  #staticPosition = 0;

  constructor() {
    this.reset();
  }

  reset(): void {
    this.#channels = Array.from({ length: CHANNELS }, () => ({
      register: FULL,
      working: FULL,
      isDown: false,
      isAttenuated: false,
      loaded: 0,
      saved: 0,
      memory: new Map(),
    }));
    this.#switches = { ...SWITCHES };
    this.#staticPosition = 0;
  }

  /** What a channel radiates with; null when it does not radiate. */
  radiated(channel: number): ChannelSetting | null {
    const { working, isDown } = this.#channels[channel]!;
    return this.#switches.tx_en && !isDown ? working : null;
  }

  /** The text of an attribute, or an error number. */
  readDevice(name: string): string | number {
    if (name in this.#switches) return bit(this.#switches[name as keyof typeof SWITCHES]);
    if ((STROBES as readonly string[]).includes(name)) return ERRNO.access;
    return name === 'static_tx_beam_pos_load' ? String(this.#staticPosition) : ERRNO.noEntry;
  }

  /** 0, or an error number. */
  writeDevice(name: string, text: string): number {
    const on = boolOf(text);
    if (name in this.#switches) {
      if (on === null) return ERRNO.invalid;
      this.#switches[name as keyof typeof SWITCHES] = on;
      return 0;
    }
    if ((STROBES as readonly string[]).includes(name)) {
      if (on === null) return ERRNO.invalid;
      if (on && name === 'reset') this.reset();
      if (on && name === 'tx_load_spi')
        for (const channel of this.#channels) channel.working = channel.register;
      return 0;
    }
    if (name !== 'static_tx_beam_pos_load') return ERRNO.noEntry;
    const position = wholeOf(text);
    if (position === null || position >= BEAM_POSITIONS) return ERRNO.invalid;
    this.#staticPosition = position;
    if (this.#switches.common_mem_enable)
      for (const channel of this.#channels) this.#fetch(channel, position);
    return 0;
  }

  readChannel(number: number, name: string): string | number {
    const { register, isDown, isAttenuated, loaded, saved, memory } = this.#channels[number]!;
    switch (name as ChannelAttribute) {
      case 'phase':
        return (register.phaseCode * STEP_DEG).toFixed(6);
      case 'hardwaregain':
        return String(register.gainCode);
      case 'powerdown':
        return bit(isDown);
      case 'attenuation':
        return bit(isAttenuated);
      case 'beam_pos_load':
        return String(loaded);
      case 'beam_pos_save': {
        const { phaseCode, gainCode } = memory.get(saved) ?? { phaseCode: 0, gainCode: 0 };
        return `${saved}, 0, ${gainCode}, ${(phaseCode * STEP_DEG).toFixed(6)}`;
      }
      default:
        return ERRNO.noEntry;
    }
  }

  writeChannel(number: number, name: string, text: string): number {
    const channel = this.#channels[number]!;
    switch (name as ChannelAttribute) {
      case 'phase': {
        const phaseCode = phaseCodeOf(text);
        if (phaseCode === null) return ERRNO.invalid;
        channel.register = { ...channel.register, phaseCode };
        return 0;
      }
      case 'hardwaregain': {
        const gainCode = wholeOf(text);
        if (gainCode === null || gainCode >= GAIN_CODES) return ERRNO.invalid;
        channel.register = { ...channel.register, gainCode };
        return 0;
      }
      case 'powerdown':
      case 'attenuation': {
        const on = boolOf(text);
        if (on === null) return ERRNO.invalid;
        if (name === 'powerdown') channel.isDown = on;
        else channel.isAttenuated = on;
        return 0;
      }
      case 'beam_pos_load': {
        const position = wholeOf(text);
        if (position === null || position >= BEAM_POSITIONS) return ERRNO.invalid;
        channel.loaded = position;
        this.#fetch(channel, position);
        return 0;
      }
      case 'beam_pos_save':
        return save(channel, text);
      default:
        return ERRNO.noEntry;
    }
  }

  /** Of a position that was never saved nothing can be said; it is left alone. */
  #fetch(channel: Channel, position: number): void {
    const kept = channel.memory.get(position);
    if (this.#switches.beam_mem_enable && kept !== undefined) channel.working = kept;
  }
}

/** `position, attenuation, gain, phase`. */
function save(channel: Channel, text: string): number {
  const parts = text.split(',').map((part) => part.trim());
  const [position, gainCode, phaseCode] = [
    wholeOf(parts[0] ?? ''),
    wholeOf(parts[2] ?? ''),
    phaseCodeOf(parts[3] ?? ''),
  ];
  if (parts.length !== 4 || position === null || gainCode === null || phaseCode === null)
    return ERRNO.invalid;
  if (position >= BEAM_POSITIONS || gainCode >= GAIN_CODES) return ERRNO.invalid;
  channel.saved = position;
  channel.memory.set(position, { phaseCode, gainCode });
  return 0;
}

function bit(value: boolean): string {
  return value ? '1' : '0';
}

function boolOf(text: string): boolean | null {
  if (/^(1|y|yes|on)$/i.test(text)) return true;
  return /^(0|n|no|off)$/i.test(text) ? false : null;
}

function wholeOf(text: string): number | null {
  return /^\d{1,6}$/.test(text) ? Number(text) : null;
}

function phaseCodeOf(text: string): number | null {
  if (!/^-?\d{1,6}(\.\d{1,9})?$/.test(text)) return null;
  const turns = Number(text) / 360;
  return Math.round((turns - Math.floor(turns)) * PHASE_CODES) % PHASE_CODES;
}
