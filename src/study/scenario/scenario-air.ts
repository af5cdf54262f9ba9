/** Stands in for board, air and UEs of a campaign: what each user measures of any batch of pilots, slot by slot. */

import type { BoardBeams } from '../../../calibration/board-beams.js';
import type { ElementSettings } from '../../../drivers/array-board.js';
import type { AntennaArray } from '../../array/antenna-array.js';
import type { Band } from '../../array/band.js';
import { CarrierReceiver } from '../../channel/carrier-receiver.js';
import { noiseVariance } from '../../channel/channel.js';
import { noisyPowers } from '../../channel/slot-noise.js';
import { BeamReceiver } from '../../channel/wideband/received.js';
import type { ElementBeam, SubcarrierSum } from '../../channel/wideband/response.js';
import { createSubcarrierSum } from '../../channel/wideband/subcarrier-sum.js';
import type { Codeword } from '../../codebook/codeword.js';
import { plannerOptions } from '../../scenario/plan.js';
import type { Scenario } from '../../scenario/scenario-schema.js';
import type { User } from '../../scenario/users.js';
import { type PlannablePilot, SlotPlanner } from '../../slots/slot-planner.js';
import { type MeasuredPilot, powersOfRecords } from '../../sounding/pilot-powers.js';
import type { Powers } from '../../sounding/powers.js';
import type { PilotBatch } from '../../sounding/sounding.js';
import type { StandInBoard } from '../common/studied-scenario.js';

interface Pilot extends PlannablePilot {
  readonly beam: ElementBeam;
}

export class ScenarioAir {
  /** Null in a scenario without a band, whose UEs measure at the carrier alone. */
  readonly sum: SubcarrierSum | null;
  readonly #scenario: Scenario;
  readonly #array: AntennaArray;
  readonly #board: StandInBoard;
  readonly #beams: BoardBeams;
  /** Slots are given away as a campaign on virtual time gives them away. */
  readonly #planner: SlotPlanner;
  readonly #pilots = new Map<string, Pilot>();

  constructor(
    scenario: Scenario,
    array: AntennaArray,
    band: Band | null,
    board: StandInBoard,
    beams: BoardBeams,
  ) {
    this.#scenario = scenario;
    this.#array = array;
    this.#board = board;
    this.#beams = beams;
    this.#planner = new SlotPlanner(plannerOptions(scenario, board.description));
    this.sum = band && createSubcarrierSum(array.numElements, band);
  }

  /** The last slot that was given away. */
  get lastSlot(): number {
    return this.#planner.lastSlot;
  }

  /** Measures batches for one user. */
  receiverOf(
    ueId: string,
    { paths, snrDb }: NonNullable<User['truth']>,
    onSlot: (slot: number, ue: string, powers: Float32Array) => void = () => {},
  ): (batch: PilotBatch) => Powers {
    const { sum } = this;
    const receiver =
      sum === null ? new CarrierReceiver(this.#array, paths) : new BeamReceiver(sum, this.#array, paths);
    const variance = noiseVariance(snrDb);
    // As the bridge's records carry it.
    const noiseFloor = Math.fround(variance);
    const { seed } = this.#scenario;
    const numSubcarriers = sum?.band.numSubcarriers ?? 1;
    return (batch) => {
      const measured: MeasuredPilot[] = [];
      for (let open = batch.map((codeword) => this.#pilotOf(codeword)); open.length > 0; ) {
        const { slots } = this.#planner.next(open);
        for (const { slot, pilot } of slots) {
          const signal = receiver.receive(pilot.beam);
          const powers = noisyPowers(signal, numSubcarriers, variance, seed, ueId, slot);
          onSlot(slot, ueId, powers);
          measured.push({ powers, noiseFloor });
        }
        open = open.slice(slots.length);
      }
      return powersOfRecords(measured);
    };
  }

  #pilotOf(codeword: Codeword): Pilot {
    const known = this.#pilots.get(codeword.key);
    if (known !== undefined) return known;
    const { settings } = this.#beams.quantise(codeword);
    const pilot = {
      hash: identity(settings),
      beam: this.#board.radiate(settings),
    };
    this.#pilots.set(codeword.key, pilot);
    return pilot;
  }
}

/** Tells settings apart as their hash does: a board holds equal ones once. */
function identity({ phaseCode, delayCode, amplitudeCode, lineCode }: ElementSettings): string {
  return [phaseCode, delayCode, amplitudeCode, lineCode].map((codes) => codes?.join(' ') ?? '').join('/');
}
