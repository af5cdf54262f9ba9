/** From a scenario and a board's description to a plan that was found to be possible. */
import type { BoardDescription } from '../../drivers/array-board.js';
import type { PolarCodebook } from '../codebook/polar.js';
import { BeamloopError } from '../core/errors.js';
import { type Demand, lintDemand, lintSlots, type SlotRules } from '../schedule/lint.js';
import type { PlannerOptions } from '../schedule/slot-planner.js';
import { createScheme } from '../training/registry.js';
import { worstDemand } from './demand.js';
import type { Scenario } from './scenario.js';
import { VIRTUAL_START_S } from './slot-clock.js';

/** Checks the plan. Throws BOARD_MISMATCH or PLAN_REFUSED, with the numbers. */
export function checkPlan(scenario: Scenario, polar: PolarCodebook, board: BoardDescription): Demand {
  const { elements } = scenario.array;
  if (board.numElements !== elements) {
    throw new BeamloopError('BOARD_MISMATCH', {
      what: `The scenario's array has ${elements} elements and the board ${board.model} (${board.serialNumber}) has ${board.numElements}`,
      where: 'array.elements',
      todo: 'Connect the right board or correct the scenario',
    });
  }
  const rules: SlotRules = {
    slotDurationS: scenario.slots.duration,
    userTimeLimitS: scenario.slots.userTimeLimit ?? null,
    contiguous: scenario.slots.contiguous,
  };
  lintSlots(board, rules);
  const demand = worstDemand(createScheme(scenario.scheme, polar), board, plannerOptions(scenario, board));
  lintDemand(board, rules, demand);
  return demand;
}

export function plannerOptions(scenario: Scenario, board: BoardDescription): PlannerOptions {
  return {
    slotDurationS: scenario.slots.duration,
    startBoardTimeS: VIRTUAL_START_S,
    turnaroundS: scenario.slots.turnaround,
    baud: scenario.board.baud,
    memoryDepth: board.memoryDepth,
    queueDepth: board.queueDepth,
  };
}
