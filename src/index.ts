/**
 * beamloop for programs: the one public entry. The command line does nothing that is not here.
 *
 * - codewords: `LinearArray`, the codebooks, `quantise`
 * - a board: `openNativeBoard` on a `SerialTransport`
 * - UEs: `startBridge` on the controller's side, `UeAgent` on the UE's
 * - schemes: generators from `createScheme`, driven by you, or by `startRun` / `runStudy`; your own by `defineScheme` in a file
 *   that `loadPlugin` loads
 * - recordings and reports
 */

export type {
  ArrayBoard,
  ArrayBoardEvents,
  BoardDescription,
  BoardTimeInterval,
  ElementSettings,
  LinkStatistics,
  PackedCodeword,
  Receipt,
  SlotEntry,
  SlotTiming,
} from '../drivers/array-board.js';
export { type OpenNativeBoardOptions, openNativeBoard } from '../drivers/boards/open-native-board.js';
export { listPorts, type PortDescription } from '../drivers/transports/discovery.js';
export { openPort, type Port, type PortSettings } from '../drivers/transports/open-port.js';
export { type SerialOptions, SerialTransport } from '../drivers/transports/serial.js';
export type { Transport, TransportListener } from '../drivers/transports/transport.js';
export { Band, type BandOptions } from './array/band.js';
export type { FocalPoint, Sector } from './array/focal-point.js';
export { LinearArray, type LinearArrayOptions } from './array/linear-array.js';
export type { PowerRecord, UeBridge, UeDescription, UeStatistics } from './bridge/bridge.js';
export type { BridgeOptions } from './bridge/bridge-options.js';
export { startBridge } from './bridge/server.js';
export { replayRecording } from './campaign/replay.js';
export { resumeRun, startRun } from './campaign/run.js';
export { channelVector, drawNoise, noiseVariance, receivePilot } from './channel/channel.js';
export type { Path, UserRegion } from './channel/paths.js';
export type { SplitCodebook, SplitParameters, SplitPilot, SubcarrierFoci } from './codebook/beam-split.js';
export type { Codeword, PilotLabel } from './codebook/codeword.js';
export { DftCodebook } from './codebook/dft.js';
export { DpcCodebook, type DpcOptions } from './codebook/dpc.js';
export { PolarCodebook, type PolarCodebookOptions } from './codebook/polar.js';
export { farRainbowCodebook, rainbowCodebook } from './codebook/rainbow.js';
export { servingCodeword } from './codebook/serving.js';
export { describeTdPs, designTdPs, type TdPsDesign, tdPsCodebook } from './codebook/tdps.js';
export { BeamloopError, ERROR_CATALOGUE, type ErrorCode } from './core/errors.js';
export { Random } from './core/random.js';
export { type QuantisedCodeword, type QuantiseOptions, quantise } from './realisation/quantise.js';
export { type Realisability, realisabilityOf, requireRealisable } from './realisation/realisability.js';
export { Recording } from './record/recording.js';
export { writeReport } from './report/run-report.js';
export { writeStudyReport } from './report/study-report.js';
export { readScenario, type ScenarioFile } from './scenario/scenario.js';
export type { Scenario } from './scenario/scenario-schema.js';
export type { Powers } from './sounding/powers.js';
export type { PilotBatch } from './sounding/sounding.js';
export type { StudyResult } from './study/common/result.js';
export { runStudy } from './study/run-study.js';
export { readStudy } from './study/study-file.js';
export { emulatedSection, openTestbed } from './testbed.js';
export { loadNamedPlugins } from './training/plugins/named-files.js';
export {
  defineScheme,
  type OptionKit,
  type OwnScheme,
  type OwnSetting,
} from './training/plugins/own-scheme.js';
export { loadPlugin, type PluginFile } from './training/plugins/plugin-file.js';
export { createScheme, schemeNames, schemeSchema } from './training/registry.js';
export type { Estimate, Scheme } from './training/scheme.js';
export type { SchemeChoice } from './training/scheme-definition.js';
export { UeAgent, type UeAgentOptions } from './ue/agent.js';
export { PowerQueue, type PowerSource } from './ue/power-source.js';
