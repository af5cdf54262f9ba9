/**
 * Entry of the emulated UEs' own process, forked with an IPC channel: listens to what the emulated array radiates and
 * runs one UE agent per UE. It ends when its parent ends, however that happened.
 */
import { setMaxListeners } from 'node:events';
import { connect } from 'node:net';
import { AirReader, type HeardSlot } from '../../drivers/emulator/air.js';
import { fail, tellParent } from '../../drivers/emulator/parent.js';
import { Band } from '../array/band.js';
import { LinearArray } from '../array/linear-array.js';
import type { SubcarrierSum } from '../channel/wideband/response.js';
import { createSubcarrierSum } from '../channel/wideband/subcarrier-sum.js';
import { LocalEstimator } from '../training/local-estimate.js';
import { UeAgent } from '../ue/agent.js';
import type { EmulatedUesConfig, UeCommand, UeReport } from './emulated-ue.js';
import { EmulatedUe } from './ue-model.js';

const MODEL = 'beamloop emulated UE';
const SOFTWARE = 'emulation 1.0';
/** UEs that connect at the same time: those that are connected are asked to measure meanwhile, and answer in a fifth of a second. */
const MAX_CONNECTING = 8;

function report(message: UeReport): void {
  tellParent(message);
}

/** Resolves when the board has taken notice of this listener: no later slot is missed. */
function listen(airPath: string, array: LinearArray, onSlot: (slot: HeardSlot) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(airPath);
    const reader = new AirReader({
      onArray: (numElements) => {
        if (numElements === array.numElements) resolve();
        else reject(new Error(`the array has ${numElements} elements, the channel ${array.numElements}`));
      },
      onSlot,
    });
    socket.on('data', (chunk) => reader.push(chunk));
    socket.on('error', reject);
    // The board is gone; whoever started both sees that, and ends this process too.
    socket.on('close', () => reject(new Error('the emulated board has ended')));
  });
}

function subcarrierSum(
  { numElements, carrierHz }: LinearArray,
  { count, bandwidthHz }: NonNullable<EmulatedUesConfig['subcarriers']>,
): SubcarrierSum {
  return createSubcarrierSum(numElements, new Band({ carrierHz, bandwidthHz, numSubcarriers: count }));
}

async function start(config: EmulatedUesConfig, signal: AbortSignal): Promise<void> {
  const { bridgeUrl, token, airPath, seed, subcarriers } = config;
  const array = new LinearArray(config.array);
  const sum = subcarriers === undefined ? null : subcarrierSum(array, subcarriers);
  // All of them hear the same beams, so one dictionary does.
  const estimator = new LocalEstimator();
  // Who listens in a slot; of thousands, one does.
  const listeners = new Map<number, EmulatedUe[]>();
  const ues = config.ues.map((ue) => {
    const onWanted = (slot: number) => {
      const others = listeners.get(slot);
      if (others === undefined) listeners.set(slot, [emulated]);
      else others.push(emulated);
    };
    const emulated = new EmulatedUe({ ...ue, array, seed, subcarriers: sum, onWanted });
    return emulated;
  });
  await listen(airPath, array, (slot) => {
    const wanting = listeners.get(slot.slot);
    listeners.delete(slot.slot);
    for (const ue of wanting ?? []) ue.hear(slot);
  });
  report({ type: 'ready' });
  const doors = new Doors(MAX_CONNECTING);
  await Promise.all(
    config.ues.map(async ({ ueId }, k) => {
      const leave = await doors.enter();
      await new UeAgent({
        onState: leave,
        url: bridgeUrl,
        ...(token !== undefined && { token }),
        description: {
          ueId,
          model: MODEL,
          software: SOFTWARE,
          numSubcarriers: sum?.band.numSubcarriers ?? 1,
        },
        source: ues[k]!,
        ...(sum && { estimate: (setup, pilots) => estimator.estimate(setup, pilots) }),
      }).run(signal);
    }),
  );
}

/** Lets so many through at once: the bridge shows strangers the door when there are too many. */
class Doors {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(count: number) {
    this.#free = count;
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

if (process.send === undefined) {
  process.stderr.write('This is a part of beamloop that it starts itself\n');
  process.exit(2);
}
const stop = new AbortController();
// Every UE listens to it, and there may be thousands.
setMaxListeners(0, stop.signal);
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => stop.abort());
// Ctrl-C and a terminal that goes reach every process of the terminal; the controller decides when the UEs go.
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});
process.on('uncaughtException', fail);
process.once('message', ({ config }: UeCommand) => {
  start(config, stop.signal).then(() => process.exit(0), fail);
});
