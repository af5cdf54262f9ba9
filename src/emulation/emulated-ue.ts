import type { Signal } from '../../drivers/emulator/air.js';
import type { RadiatedWeights } from '../../drivers/emulator/rf.js';
import type { AntennaArray } from '../array/antenna-array.js';
import { CarrierReceiver } from '../channel/carrier-receiver.js';
import { noiseVariance } from '../channel/channel.js';
import type { Motion } from '../channel/motion/motion.js';
import { isWithin, type Sensors, type WindowS } from '../channel/motion/sensors.js';
import { MovingBeamReceiver, MovingCarrierReceiver } from '../channel/moving-receivers.js';
import type { Path } from '../channel/paths.js';
import { noisyPowers } from '../channel/slot-noise.js';
import { BeamReceiver } from '../channel/wideband/received.js';
import type { ElementBeam, SubcarrierSum } from '../channel/wideband/response.js';
import { type Clock, monotonicClock } from '../core/clock.js';
import type { ComplexVector } from '../core/complex.js';
import type { SlotTiming } from '../ue/host-clock.js';
import { type HeardPart, isMiddleTold, MiddleReckoning } from '../ue/middle-reckoning.js';
import {
  PowerQueue,
  type PowerSource,
  type SensorReport,
  type SlotPower,
  UntoldSlots,
} from '../ue/power-source.js';
import { isTold, SlotReckoning } from '../ue/slot-reckoning.js';

export interface EmulatedUeOptions {
  readonly ueId: string;
  readonly array: AntennaArray;
  /** Propagation to this UE, at time 0 where it moves; powers of the gains sum to 1. */
  readonly paths: readonly Path[];
  /** Signal-to-noise ratio of a pilot of unit norm; Infinity = no noise. */
  readonly snrDb: number;
  /** Power at which its receiver clips; none unless given. */
  readonly fullScale?: number | null;
  readonly seed: number;
  /** Evaluates the subcarriers that it measures; null = it measures at the carrier alone. UEs may share one. */
  readonly subcarriers: SubcarrierSum | null;
  /** How it moves; it stands still unless given. */
  readonly motion?: Motion | null;
  /** Of a UE that tells where it is; nothing is told unless given. */
  readonly sensors?: Sensors | null;
  /** When nothing but noise comes through, in the motion's time. */
  readonly blockedS?: readonly WindowS[];
  /** When it is not connected, and measures nothing, in the motion's time. */
  readonly awayS?: readonly WindowS[];
  /** What the UE's clock shows when the motion begins, s; 0 unless given. */
  readonly motionOriginS?: number;
  /**
   * The receiver hears for itself when signals begin and end, as one with a hardware trigger does, and may so tell slots apart that
   * the clock does not; true unless given.
   */
  readonly hasTrigger?: boolean;
  /** The array has no slots of its own (docs/boards.md): the UE measures in the middle third of each, by its clock; false unless given. */
  readonly hostTimed?: boolean;
  /** Of the UE, and of what it hears. */
  readonly clock?: Clock;
}

/**
 * An emulated UE's receiver: in each slot that it was asked to measure it hears the array through its channel at that slot's
 * time and adds noise. Which slot a signal was in it finds by its clock and by what it was told of when slots are. The noise of a slot is
 * drawn from (seed, UE, slot) alone, so what was measured before changes nothing.
 */
export class EmulatedUe implements PowerSource {
  readonly #options: EmulatedUeOptions;
  /** Noise-free, of a beam and the time of the motion, s. */
  readonly #receive: (beam: ElementBeam, motionS: number) => Readonly<ComplexVector>;
  readonly #numSubcarriers: number;
  readonly #noiseVariance: number;
  readonly #reckoning = new SlotReckoning<RadiatedWeights>();
  readonly #middles = new MiddleReckoning<RadiatedWeights>();
  #queue = new PowerQueue<SlotPower | SensorReport>();

  constructor(options: EmulatedUeOptions) {
    const { subcarriers } = options;
    this.#options = options;
    this.#receive = receiverOf(options);
    this.#numSubcarriers = subcarriers === null ? 1 : subcarriers.band.numSubcarriers;
    this.#noiseVariance = noiseVariance(options.snrDb);
  }

  /** It waits for nothing. */
  get isIdle(): boolean {
    return this.#reckoning.isIdle && this.#middles.isIdle;
  }

  listenFor(slots: readonly number[], timing: SlotTiming | null): void {
    if (timing === null) throw new UntoldSlots('the bridge did not say when they are');
    const { hasTrigger = true, hostTimed = false, clock = monotonicClock } = this.#options;
    if (hostTimed ? !isMiddleTold(slots, timing) : !hasTrigger && !isTold(slots, timing)) {
      const { uncertaintyS, slotDurationS } = timing;
      throw new UntoldSlots(
        `their start is known to ${inMs(uncertaintyS)} either way, and they last ${inMs(slotDurationS)}`,
      );
    }
    if (hostTimed) this.#middles.listenFor(slots, timing);
    else this.#reckoning.listenFor(slots, timing, clock.nowS());
  }

  powers(signal: AbortSignal): AsyncIterable<SlotPower | SensorReport> {
    return this.#queue.read(signal);
  }

  /** The powers end with what it has measured; those of later are read anew. */
  leave(): void {
    this.#queue.end();
    this.#queue = new PowerQueue();
  }

  /** Something was on the air, or nothing, at times of the UE's clock. */
  hear({ fromS, untilS, weights }: Omit<Signal, 'slot'>): void {
    if (this.#options.hostTimed === true) {
      for (const { slot, fromS: ueTimeS, parts } of this.#middles.hear({ fromS, untilS, signal: weights })) {
        this.#measure(slot, ueTimeS, (isWhole, motionS) => (isWhole ? this.#meanOf(parts, motionS) : null));
      }
      return;
    }
    for (const { slot, fromS: ueTimeS, signal } of this.#reckoning.hear({ fromS, untilS, signal: weights })) {
      this.#measure(slot, ueTimeS, (isHeard, motionS) =>
        isHeard && signal !== null ? this.#receive(signal, motionS) : null,
      );
    }
  }

  /** @param receive noise-free; null for nothing but noise. */
  #measure(
    slot: number,
    ueTimeS: number,
    receive: (isHeard: boolean, motionS: number) => Readonly<ComplexVector> | null,
  ): void {
    const { seed, ueId, fullScale = null, motionOriginS = 0, blockedS = [], awayS = [] } = this.#options;
    const clip = fullScale === null ? null : Math.fround(fullScale);
    const motionS = ueTimeS - motionOriginS;
    if (isWithin(motionS, awayS)) return;
    this.#sense(motionS, motionOriginS);
    const received = receive(!isWithin(motionS, blockedS), motionS);
    const powers = noisyPowers(received, this.#numSubcarriers, this.#noiseVariance, seed, ueId, slot);
    if (clip !== null) for (let m = 0; m < powers.length; m++) powers[m] = Math.min(powers[m]!, clip);
    this.#queue.push({ slot, ueTimeS, noiseFloor: this.#noiseVariance, powers });
  }

  /** Of a window in which the beam changed, the mean power of its parts, as a receiver that averages has it. */
  #meanOf(parts: readonly HeardPart<RadiatedWeights>[], motionS: number): Readonly<ComplexVector> | null {
    const [first] = parts;
    if (parts.length === 1) return first!.signal === null ? null : this.#receive(first!.signal, motionS);
    const re = new Float64Array(this.#numSubcarriers);
    for (const { share, signal } of parts) {
      if (signal === null) continue;
      const part = this.#receive(signal, motionS);
      for (let m = 0; m < re.length; m++) re[m]! += share * (part.re[m]! ** 2 + part.im[m]! ** 2);
    }
    return { re: re.map(Math.sqrt), im: new Float64Array(re.length) };
  }

  /** What the sensors have ready when a slot begins goes before its power. */
  #sense(motionS: number, motionOriginS: number): void {
    for (const { measuredS, ...reading } of this.#options.sensors?.readyBy(motionS) ?? []) {
      this.#queue.push({ ueTimeS: measuredS + motionOriginS, ...reading });
    }
  }
}

/** What a UE hears without noise, of a beam and the time of the motion, s; shape [numSubcarriers]. */
export function receiverOf({
  array,
  paths,
  subcarriers,
  motion = null,
}: Pick<EmulatedUeOptions, 'array' | 'paths' | 'subcarriers' | 'motion'>) {
  if (motion === null) {
    const receiver =
      subcarriers === null ? new CarrierReceiver(array, paths) : new BeamReceiver(subcarriers, array, paths);
    return (beam: ElementBeam) => receiver.receive(beam);
  }
  const startM = motion.positionAt(0);
  const receiver =
    subcarriers === null
      ? new MovingCarrierReceiver(array, paths, startM)
      : new MovingBeamReceiver(subcarriers, array, paths, startM);
  return (beam: ElementBeam, motionS: number) => receiver.receive(beam, motion.positionAt(motionS));
}

function inMs(durationS: number): string {
  return `${(durationS * 1e3).toPrecision(3)} ms`;
}
