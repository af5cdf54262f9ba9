/** A UE in this process that hears an emulated board in real time, as a program beside a radio would. */
import { connect } from 'node:net';
import { AirReader } from '../../drivers/emulator/air.js';
import { MACHINE_CLOCK_AHEAD_S } from '../../drivers/emulator/machine-clock.js';
import type { LinearArray, PointM } from '../../src/array/linear-array.js';
import type { SubcarrierSum } from '../../src/channel/wideband/response.js';
import { EmulatedUe } from '../../src/emulation/emulated-ue.js';
import { LocalEstimator } from '../../src/training/local-estimate.js';
import { UeAgent } from '../../src/ue/agent.js';
import type { PowerSource } from '../../src/ue/power-source.js';

export interface RadioUeOptions {
  readonly url: string;
  readonly airPath: string;
  readonly ueId: string;
  readonly array: LinearArray;
  readonly positionM: PointM;
  readonly snrDb?: number;
  readonly subcarriers?: SubcarrierSum;
  readonly hasTrigger?: boolean;
  readonly fullScale?: number;
  /** Comes before the receiver's own `listenFor`. */
  readonly listenFor?: (
    ue: EmulatedUe,
    ...of: Parameters<PowerSource['listenFor']>
  ) => ReturnType<PowerSource['listenFor']>;
}

/** Starts it; returns how to end it. */
export function radioUe(options: RadioUeOptions): () => Promise<void> {
  const { url, airPath, ueId, array, positionM, snrDb = 30, subcarriers = null, fullScale } = options;
  const paths = [{ gain: { re: 1, im: 0 }, positionM }];
  const { hasTrigger = true, listenFor = (ue, ...of) => ue.listenFor(...of) } = options;
  const ue = new EmulatedUe({ ueId, array, paths, snrDb, seed: 1, subcarriers, hasTrigger });
  const air = connect(airPath);
  const reader = new AirReader({
    onArray: () => {},
    onSignal: ({ fromS, untilS, weights }) =>
      ue.hear({ fromS: fromS - MACHINE_CLOCK_AHEAD_S, untilS: untilS - MACHINE_CLOCK_AHEAD_S, weights }),
  });
  air.on('data', (chunk) => reader.push(chunk));
  const over = new AbortController();
  const estimator = new LocalEstimator();
  const numSubcarriers = subcarriers?.band.numSubcarriers ?? 1;
  const ended = new UeAgent({
    url,
    description: { ueId, model: 'radio', software: 'test', numSubcarriers, ...(fullScale && { fullScale }) },
    source: { listenFor: (...of) => listenFor(ue, ...of), powers: (signal) => ue.powers(signal) },
    ...(subcarriers !== null && { estimate: (setup, pilots) => estimator.estimate(setup, pilots) }),
  }).run(over.signal);
  return async () => {
    over.abort();
    await ended;
    air.destroy();
  };
}
