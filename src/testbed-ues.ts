/** The emulated users of a scenario: their UEs, and what a camera sees of the first of them. */
import { arrayOptionsOf } from './array/create-array.js';
import type { TestbedRequest } from './campaign/open-testbed.js';
import { BeamloopError } from './core/errors.js';
import { EmulatedCamera } from './emulation/emulated-camera.js';
import type { EmulatedSection } from './emulation/emulated-section.js';
import { type BoardsHere, startUesHere, type UesHere } from './emulation/emulation-here.js';
import {
  type EmulatedUes,
  type EmulatedUesConfig,
  startEmulatedUes,
} from './emulation/start-emulated-ues.js';
import { radioPlanOf } from './scenario/radio-settings.js';
import { positionAt, type Truth, type User } from './scenario/users.js';
import type { Testbed } from './slots/testbed.js';

const EMULATED = 'emulated';

/** Starts the UEs of a scenario, which hear the boards at `airPath`, of slots of their own or of none; throws as `startEmulatedUes`. */
export function startScenarioUes(
  request: TestbedRequest<EmulatedSection>,
  bridgeUrl: string,
  airPath: string,
  hostTimed = false,
): Promise<EmulatedUes> {
  const config = { ...configOf(request, bridgeUrl), airPath, ...(hostTimed && { hostTimed }) };
  return startEmulatedUes(config, request.onFailure);
}

/** The same in this process, on virtual time. */
export function startScenarioUesHere(
  request: TestbedRequest<EmulatedSection>,
  bridgeUrl: string,
  boards: BoardsHere,
): Promise<UesHere> {
  return startUesHere(configOf(request, bridgeUrl), boards, request.onFailure);
}

function configOf(
  { scenario, array, users, realtime }: TestbedRequest<EmulatedSection>,
  bridgeUrl: string,
): Omit<EmulatedUesConfig, 'airPath'> {
  const { bandwidth, subcarriers } = scenario.array;
  return {
    bridgeUrl,
    ...(scenario.bridge.token !== undefined && { token: scenario.bridge.token }),
    realtime,
    array: arrayOptionsOf(array),
    ues: users.flatMap(({ id, sensors, truth }) =>
      truth === null ? [] : [emulatedUeOf(id, sensors, truth)],
    ),
    seed: scenario.seed,
    radio: radioPlanOf(scenario),
    serve: servedOf(scenario, realtime),
    ...(bandwidth !== undefined &&
      subcarriers !== undefined && { subcarriers: { count: subcarriers, bandwidthHz: bandwidth } }),
  };
}

/** @throws BAD_ARGUMENT where samples are to be served on virtual time, which no program outside follows. */
function servedOf({ radio }: TestbedRequest<EmulatedSection>['scenario'], realtime: boolean) {
  const serve = radio?.emulated.serve ?? {};
  if (realtime || Object.keys(serve).length === 0) return serve;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: 'Samples are served to other programs in real time, and this run is on virtual time',
    where: 'radio.emulated.serve',
    todo: 'Run with --realtime, or leave out radio.emulated.serve',
  });
}

/** It sees the first user: a tracker that sees follows one. */
export function cameraOf(
  { scenario, users }: TestbedRequest<EmulatedSection>,
  motionTimeS: (boardTimeS: number) => number,
): Pick<Testbed, 'camera'> {
  const section = scenario.tracking?.camera;
  const truth = users[0]?.truth ?? null;
  if (section?.source !== EMULATED || truth === null) return {};
  const placeAt = (boardTimeS: number) => positionAt(truth, motionTimeS(boardTimeS));
  const { rate, latency: latencyS } = section;
  return { camera: new EmulatedCamera({ placeAt, intervalS: 1 / rate, latencyS, seed: scenario.seed }) };
}

function emulatedUeOf(
  ueId: string,
  sensors: User['sensors'],
  { positionM, paths, snrDb, fullScale, motionPlan, blockedS, awayS }: Truth,
) {
  return {
    ueId,
    paths,
    snrDb,
    fullScale,
    motionPlan,
    sensors: sensors === null ? null : { plan: sensors, positionM },
    blockedS,
    awayS,
  };
}
