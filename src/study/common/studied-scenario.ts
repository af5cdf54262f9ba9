/** What a study of a scenario runs on: the scenario's file, and what stands in for its emulated board. */
import type { BoardDescription, ElementSettings } from '../../../drivers/array-board.js';
import type { ElementBeam } from '../../channel/wideband/response.js';
import type { ScenarioFile } from '../../scenario/scenario.js';

/** From element settings to what the array radiates. */
type RadiatedBeams = (settings: ElementSettings) => ElementBeam;

export interface StandInBoard {
  readonly description: BoardDescription;
  /** What the board radiates, its impairments included. */
  readonly radiate: RadiatedBeams;
}

export interface StudiedScenario {
  readonly file: ScenarioFile;
  readonly board: StandInBoard;
}
