/** The UEs' bridge of a testbed. */
import type { UeBridge } from './bridge/bridge.js';
import { startBridge } from './bridge/server.js';
import type { TestbedRequest } from './campaign/open-testbed.js';
import { EMULATED, type EmulatedSection } from './emulation/emulated-section.js';

/** What is closed with a testbed, the last first. */
export type Closing = (() => Promise<void>)[];

export async function openBridge(
  request: TestbedRequest<EmulatedSection>,
  closing: Closing,
): Promise<UeBridge> {
  const { scenario, users, run, durable, kept, durableReadings, onEvent } = request;
  const sensors = request.sensors ?? users.some((user) => user.sensors !== null);
  const { host, port, token } = scenario.bridge;
  const bridge = await startBridge({
    host,
    port,
    ...(token !== undefined && { token }),
    ueIds: users.map(({ id }) => id),
    run,
    durable,
    kept,
    sensors,
    ...(durableReadings !== undefined && { durableReadings }),
    // On virtual time seconds of the wall clock say nothing of a UE.
    ...(scenario.board.port === EMULATED && !request.realtime && { limits: { controlPerS: 1e6 } }),
    onEvent: ({ kind, ...detail }) => onEvent(`ue ${kind}`, detail),
  });
  closing.push(() => bridge.close());
  return bridge;
}
