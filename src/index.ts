/**
 * beamloop for programs: the one public entry. The command line does nothing that is not here; docs/library.md lists what is
 * exported, and examples/library/first-campaign.js uses it.
 */

export { BoardBeams } from '../calibration/board-beams.js';
export { type CalibrationTable, parseCalibrationTable } from '../calibration/calibration-table.js';
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
export { type BoardState, readBoardState } from '../drivers/boards/board-state.js';
export type {
  BoardIdentity,
  ElementDriver,
  ElementDriverFacts,
  ElementDriverStatistics,
  Word,
} from '../drivers/boards/host-timed/element-driver.js';
export type { HostTimedBoard } from '../drivers/boards/host-timed/host-timed-board.js';
export {
  type OpenHostTimedOptions,
  openHostTimedBoard,
} from '../drivers/boards/host-timed/open-host-timed-board.js';
export type { NativeBoard } from '../drivers/boards/native-board.js';
export { type OpenNativeBoardOptions, openNativeBoard } from '../drivers/boards/open-native-board.js';
export { listPorts, type PortDescription } from '../drivers/transports/discovery.js';
export { openPort, type Port, type PortSettings } from '../drivers/transports/open-port.js';
export { type SerialOptions, SerialTransport } from '../drivers/transports/serial.js';
export type { Transport, TransportListener } from '../drivers/transports/transport.js';
export type { AntennaArray, PlaceM } from './array/antenna-array.js';
export { Band, type BandOptions } from './array/band.js';
export { type FocalPoint, focalPointAt, focalPointOf, type Sector } from './array/focal-point.js';
export { LinearArray, type LinearArrayOptions, type PointM, polarPointM } from './array/linear-array.js';
export { PlanarArray, type PlanarArrayOptions, type SeenPlace } from './array/planar-array.js';
export type { PowerRecord, UeBridge, UeDescription, UeStatistics } from './bridge/bridge.js';
export type { BridgeOptions } from './bridge/bridge-options.js';
export { startBridge } from './bridge/server.js';
export type { Progress } from './campaign/campaign-parts.js';
export type { RunOptions } from './campaign/conduct.js';
export { freshRequest, openSounder, type SounderOptions } from './campaign/open-sounder.js';
export type { CampaignOutcome, UserOutcome } from './campaign/outcome.js';
export { recordedScenario } from './campaign/recorded-scenario.js';
export { type ReplayedUser, replayRecording } from './campaign/replay.js';
export { resumeRun, startRun } from './campaign/run.js';
export { steer } from './campaign/steer.js';
export { channelVector, drawNoise, noiseVariance, receivePilot } from './channel/channel.js';
export { drawPaths, drawPosition, type Path, type UserRegion } from './channel/paths.js';
export { GainMeter, type WaveModel } from './channel/wideband/gain-meter.js';
export type { SplitCodebook, SplitParameters, SplitPilot, SubcarrierFoci } from './codebook/beam-split.js';
export { ChirpCodebook } from './codebook/chirp.js';
export type { Codeword, PilotLabel } from './codebook/codeword.js';
export { DftCodebook } from './codebook/dft.js';
export { DpcCodebook, type DpcOptions } from './codebook/dpc.js';
export { PlanarCodebook, type PlanarCodebookOptions, type PlanarIndex } from './codebook/planar.js';
export { PolarCodebook, type PolarCodebookOptions } from './codebook/polar.js';
export { evenRings, farRainbowCodebook, polarRings, rainbowCodebook } from './codebook/rainbow.js';
export { focusCodeword, servingCodeword } from './codebook/serving.js';
export {
  describeTdPs,
  designTdPs,
  type TdPsDesign,
  type TdPsOptions,
  tdPsCodebook,
} from './codebook/tdps.js';
export { BeamloopError, ERROR_CATALOGUE, type ErrorCode } from './core/errors.js';
export { Random } from './core/random.js';
export { parseSettings } from './core/settings-file.js';
export type { Executor } from './fan-out/executor.js';
export { type QuantisedCodeword, type QuantiseOptions, quantise } from './realisation/quantise.js';
export { type Realisability, realisabilityOf, requireRealisable } from './realisation/realisability.js';
export { EXPORT_FORMATS, type ExportFormat, exportRecordings } from './record/export/export.js';
export type { Follower } from './record/follower.js';
export { Recording } from './record/recording.js';
export { type Row, TABLE_NAMES, type TableName } from './record/schema.js';
export { writeReport } from './report/run-report.js';
export { writeStudyReport } from './report/study-report.js';
export { type Preparation, prepare } from './scenario/plan.js';
export { type PlanOnBoard, planOnBoard } from './scenario/plan-on-board.js';
export { parseScenario, readScenario, readVariants, type ScenarioFile } from './scenario/scenario.js';
export type { Scenario } from './scenario/scenario-schema.js';
export type { SweepOptions } from './scenario/sweep.js';
export type { Sounder, SoundingEnd, SoundingTask } from './slots/sounder.js';
export type { Testbed } from './slots/testbed.js';
export { type Powers, powersOf } from './sounding/powers.js';
export { runSounding, type Sounded } from './sounding/run-sounding.js';
export type { PilotBatch, Sounding } from './sounding/sounding.js';
export type { StudyResult } from './study/common/result.js';
export type { StudyOverrides } from './study/common/study-kind.js';
export { overrideStudy, runStudy, type StudyOptions } from './study/run-study.js';
export { readStudy } from './study/study-file.js';
export { type Study, studySchema } from './study/study-kinds.js';
export { studyThreads } from './study/study-threads.js';
export {
  assumedBoard,
  type EmulatedSection,
  emulatedSection,
  type OpenBoard,
  openBoard,
  openBoardAt,
  openStudiedScenario,
  openTestbed,
  openTestbedOn,
  parseRecordedScenario,
  standInBoard,
  startStandaloneBoard,
} from './testbed.js';
export { ESTIMATOR_NAMES, estimatorSchema } from './training/estimators/choice.js';
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
export type { SchemeFactory } from './training/scheme-factory.js';
export { UeAgent, type UeAgentOptions } from './ue/agent.js';
export { PowerQueue, type PowerSource, type SlotPower } from './ue/power-source.js';
