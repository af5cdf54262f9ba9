import type { Command } from '../command.js';

/**
 * Every command of the command line, in the order in which `--help` lists them. Each is loaded when it is called, so that
 * `beamloop ports` does not wait for databases and figures.
 */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import('./init.js')).initCommand,
  run: async () => (await import('./run.js')).runCommand,
  watch: async () => (await import('./watch.js')).watchCommand,
  resume: async () => (await import('./resume.js')).resumeCommand,
  replay: async () => (await import('./replay.js')).replayCommand,
  report: async () => (await import('./report.js')).reportCommand,
  compare: async () => (await import('./compare.js')).compareCommand,
  export: async () => (await import('./export.js')).exportCommand,
  recording: async () => (await import('./recording.js')).recordingCommand,
  calibrate: async () => (await import('./calibrate.js')).calibrateCommand,
  calibration: async () => (await import('./calibration.js')).calibrationCommand,
  codebook: async () => (await import('./codebook.js')).codebookCommand,
  pattern: async () => (await import('./pattern.js')).patternCommand,
  study: async () => (await import('./study.js')).studyCommand,
  worker: async () => (await import('./worker.js')).workerCommand,
  studies: async () => (await import('./studies.js')).studiesCommand,
  train: async () => (await import('./train.js')).trainCommand,
  evaluate: async () => (await import('./evaluate.js')).evaluateCommand,
  dataset: async () => (await import('./dataset.js')).datasetCommand,
  scenarios: async () => (await import('./scenarios.js')).scenariosCommand,
  completion: async () => (await import('./completion.js')).completionCommand,
  steer: async () => (await import('./steer.js')).steerCommand,
  ports: async () => (await import('./ports.js')).portsCommand,
  boards: async () => (await import('./boards.js')).boardsCommand,
  board: async () => (await import('./board.js')).boardCommand,
  conformance: async () => (await import('./conformance.js')).conformanceCommand,
  wire: async () => (await import('./wire.js')).wireCommand,
  dashboard: async () => (await import('./dashboard.js')).dashboardCommand,
  ue: async () => (await import('./ue.js')).ueCommand,
  waveform: async () => (await import('./waveform.js')).waveformCommand,
  'emulate-board': async () => (await import('./emulate-board.js')).emulateBoardCommand,
};

/** Commands whose second word says which codebook they are about, or what is done. */
export const families: ReadonlySet<string> = new Set([
  'codebook',
  'pattern',
  'boards',
  'dataset',
  'calibration',
  'recording',
]);
