/** Emulated UEs: one agent for each, which hears what the emulated array radiates. */
import type { Signal } from '../../drivers/emulator/air.js';
import { MACHINE_CLOCK_AHEAD_S } from '../../drivers/emulator/machine-clock.js';
import type { AntennaArray } from '../array/antenna-array.js';
import { Band } from '../array/band.js';
import { createArray } from '../array/create-array.js';
import { createMotion } from '../channel/motion/create-motion.js';
import { Sensors } from '../channel/motion/sensors.js';
import { StraightLine } from '../channel/motion/straight-line.js';
import type { SubcarrierSum } from '../channel/wideband/response.js';
import { createSubcarrierSum } from '../channel/wideband/subcarrier-sum.js';
import { monotonicClock } from '../core/clock.js';
import { LocalEstimator } from '../training/local-estimate.js';
import { UeAgent } from '../ue/agent.js';
import { EmulatedRadio } from './emulated-radio.js';
import { EmulatedUe, type EmulatedUeOptions } from './emulated-ue.js';
import { Presence } from './presence.js';
import { ServedRadio } from './served-radio.js';
import type { EmulatedUeConfig, EmulatedUesConfig } from './start-emulated-ues.js';

const MODEL = 'beamloop emulated UE';
const SOFTWARE = 'emulation 1.0';
/** UEs that connect at the same time: those that are connected are asked to measure meanwhile, and answer in a fifth of a second. */
const MAX_CONNECTING = 8;

type Receiver = EmulatedUe | EmulatedRadio | ServedRadio;

function subcarrierSum(
  { numElements, carrierHz }: AntennaArray,
  { count, bandwidthHz }: NonNullable<EmulatedUesConfig['subcarriers']>,
): SubcarrierSum {
  return createSubcarrierSum(numElements, new Band({ carrierHz, bandwidthHz, numSubcarriers: count }));
}

/**
 * Runs them until the signal is raised. Rejects when one cannot go on: the bridge refused it, say.
 *
 * @param listen to what the array radiates; resolves when no later signal is missed.
 * @param ready told when they hear the array, with when their motions begin, as `EmulatedUes.motionOriginS`.
 */
export async function runEmulatedUes(
  config: Omit<EmulatedUesConfig, 'airPath'>,
  listen: (array: AntennaArray, onSignal: (signal: Signal) => void) => Promise<void>,
  ready: (motionOriginS: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const { bridgeUrl, token, realtime, seed, subcarriers } = config;
  const { radio = null, serve = {}, hostTimed = false } = config;
  let lost = (_error: unknown) => {};
  const isLost = new Promise<never>((_, reject) => {
    lost = reject;
  });
  isLost.catch(() => {});
  const array = createArray(config.array);
  const sum = subcarriers === undefined ? null : subcarrierSum(array, subcarriers);
  // All of them hear the same beams, so one dictionary does.
  const estimator = new LocalEstimator();
  // Motions begin now, on the clock that the UEs read.
  const motionOriginS = realtime ? monotonicClock.nowS() : 0;
  const served: ServedRadio[] = [];
  const ues = config.ues.map((ue): Receiver => {
    const options = ueOptions(ue, { array, seed, subcarriers: sum, motionOriginS, hostTimed });
    if (radio === null) return new EmulatedUe(options);
    const at = serve[ue.ueId];
    if (at !== undefined) {
      const radioAtAddress = new ServedRadio(options, radio, at);
      served.push(radioAtAddress);
      return radioAtAddress;
    }
    return new EmulatedRadio(options, radio, realtime ? () => monotonicClock.nowS() : undefined);
  });
  const presences = config.ues.map(({ awayS = [] }, k) => new Presence(awayS, () => ues[k]!.leave()));
  const wanderers = presences.filter((_, k) => (config.ues[k]!.awayS ?? []).length > 0);
  // Of thousands, one listens.
  const listening = new Set<Receiver>(served);
  // On virtual time all clocks are one.
  const aheadS = realtime ? MACHINE_CLOCK_AHEAD_S : 0;
  await listen(array, ({ fromS, untilS, weights, slot }) => {
    for (const presence of wanderers) presence.at(fromS - aheadS - motionOriginS);
    for (const ue of listening) {
      ue.hear({ fromS: fromS - aheadS, untilS: untilS - aheadS, weights, slot });
      if (ue.isIdle) listening.delete(ue);
    }
  });
  await Promise.all(served.map((each) => each.listen(lost)));
  ready(motionOriginS + aheadS);
  const doors = new Doors(MAX_CONNECTING, signal);
  const running = Promise.all(
    config.ues.map(async ({ ueId, sensors = null, fullScale = null }, k) => {
      const own = ues[k]!;
      if (own instanceof ServedRadio) return own.untilAborted(signal);
      const leave = await doors.enter();
      if (signal.aborted) return;
      const agent = () =>
        new UeAgent({
          onState: leave,
          url: bridgeUrl,
          ...(token !== undefined && { token }),
          description: {
            ueId,
            model: MODEL,
            software: SOFTWARE,
            numSubcarriers: sum?.band.numSubcarriers ?? 1,
            ...(sensors !== null && { sensors: true }),
            ...(fullScale !== null && { fullScale }),
          },
          source: {
            listenFor: (slots, timing) => {
              listening.add(own);
              return own.listenFor(slots, timing);
            },
            powers: (life) => own.powers(life),
          },
          ...(sum && { estimate: (setup, pilots) => estimator.estimate(setup, pilots) }),
        });
      do await agent().run(signal);
      while (await presences[k]!.returns(signal));
    }),
  );
  await Promise.race([running, isLost]);
}

function ueOptions(
  { motionPlan = null, sensors = null, ...ue }: EmulatedUeConfig,
  shared: Pick<EmulatedUeOptions, 'array' | 'seed' | 'subcarriers' | 'motionOriginS' | 'hostTimed'>,
): EmulatedUeOptions {
  const { seed } = shared;
  const motion = motionPlan === null ? null : createMotion(motionPlan, seed, ue.ueId);
  // Sensors tell of the ground plan alone.
  const told = sensors && (motion ?? new StraightLine([sensors.positionM[0], sensors.positionM[1]], [0, 0]));
  return {
    ...ue,
    ...shared,
    motion,
    sensors: sensors && new Sensors(sensors.plan, told!, seed, ue.ueId),
  };
}

/** Lets so many through at once: the bridge shows strangers the door when there are too many. */
class Doors {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  /** @param signal opens all doors: whoever is inside may never leave. */
  constructor(count: number, signal: AbortSignal) {
    this.#free = count;
    signal.addEventListener('abort', () => {
      for (const enter of this.#waiting.splice(0)) enter();
    });
  }

  /** Resolves with how to let the next one in, once. */
  async enter(): Promise<() => void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let isInside = true;
    return () => {
      if (!isInside) return;
      isInside = false;
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    };
  }
}
