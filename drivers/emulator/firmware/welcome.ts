import { PROTOCOL_VERSION } from '../../../firmware-protocol/messages/hello.js';
import type { PayloadOf } from '../../../firmware-protocol/registry.js';
import type { BoardModel } from '../board-model.js';
import { WINDOW } from './reliable-delivery.js';

const FS_PER_S = 1e15;
const NS_PER_S = 1e9;

/** How the board describes itself. SPEC 6.1. */
export function welcome(
  model: BoardModel,
  bootId: number,
  session: number,
  resumed: boolean,
): PayloadOf<'Welcome'> {
  return {
    versionMajor: PROTOCOL_VERSION.major,
    versionMinor: PROTOCOL_VERSION.minor,
    session,
    resumed: resumed ? 1 : 0,
    bootId,
    window: WINDOW,
    numElements: model.numElements,
    phaseBits: model.phaseBits,
    delayBits: model.delayBits,
    amplitudeBits: model.amplitudeBits,
    delayLsbFs: Math.round(model.delayLsbS * FS_PER_S),
    delayRangeFs: BigInt(Math.round((model.delayRangeS ?? 0) * FS_PER_S)),
    memoryDepth: model.memoryDepth,
    queueDepth: model.queueDepth,
    switchTimeNs: Math.round(model.switchTimeS * NS_PER_S),
    clockRateHz: model.clockRateHz,
    maxPayload: model.maxPayload,
    model: model.model,
    serialNumber: model.serialNumber,
    firmware: model.firmware,
  };
}
