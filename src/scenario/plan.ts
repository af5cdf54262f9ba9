/** From a scenario to what is needed to run it, and a check that a board can keep the plan. */
import type { BoardDescription } from '../../drivers/array-board.js';
import { HostTimedCost, LinkCost } from '../../drivers/link/link-cost.js';
import type { AntennaArray } from '../array/antenna-array.js';
import type { Band } from '../array/band.js';
import { createEvaluator } from '../channel/evaluator.js';
import type { Path } from '../channel/paths.js';
import { strongestBeam } from '../channel/strongest-beam.js';
import { type ArrayCodebook, requirePolar } from '../codebook/array-codebook.js';
import { PolarCodebook } from '../codebook/polar.js';
import { BeamloopError } from '../core/errors.js';
import { once } from '../core/once.js';
import { lintHostTimed } from '../slots/host-timed-plan.js';
import { type Demand, lintDemand, lintSlots, type SlotRules } from '../slots/plan-lint.js';
import { VIRTUAL_START_S } from '../slots/slot-arming.js';
import type { PlannerOptions } from '../slots/slot-planner.js';
import { planarEstimate } from '../training/planar-estimate.js';
import { polarEstimate } from '../training/polar-estimate.js';
import { createScheme } from '../training/registry.js';
import type { Estimate } from '../training/scheme.js';
import type { SchemeFactory, WidebandSetting } from '../training/scheme-factory.js';
import { type Search, sampleSearches, worstDemand } from './demand.js';
import type { Scenario } from './scenario-schema.js';
import { codebookOf, type User, usersOf } from './users.js';
import { bandOf, widebandOf } from './wideband.js';

/** All that can be computed before a port is opened. */
export interface Preparation {
  readonly scenario: Scenario;
  readonly array: AntennaArray;
  /** What its schemes choose from. */
  readonly codebook: ArrayCodebook;
  /** The same, of a linear array; asking for that of a planar one throws BAD_ARGUMENT. */
  readonly polar: PolarCodebook;
  readonly users: readonly User[];
  /**
   * Noise-free best codeword of each user; null where nobody knows the user's channel, and for schemes of the whole band. It is
   * searched when first asked for, which may take a while, and no plan needs it.
   */
  readonly best: () => readonly (Estimate | null)[];
  /** The subcarriers that UEs measure; null where they measure at the carrier. */
  readonly band: Band | null;
  /** Band and sector for schemes of the whole band; null in a scenario without, and for planar arrays. */
  readonly wideband: WidebandSetting | null;
  /** Knows no board: good for planning. */
  readonly scheme: SchemeFactory;
  readonly searches: readonly Search[];
}

/** Throws BAD_ARGUMENT when array and scheme do not fit together. */
export function prepare(scenario: Scenario): Preparation {
  const { array, codebook, wideband, scheme } = prepareScheme(scenario);
  const users = usersOf(scenario, codebook);
  // Schemes of the whole band do not choose from the codebook.
  const best = once(() => (scheme.band === null ? bestOf(users, codebook) : users.map(() => null)));
  return {
    ...{ scenario, array, codebook, users, best, wideband, scheme },
    band: bandOf(scenario),
    searches: sampleSearches(scheme),
    get polar() {
      return polarOf(codebook);
    },
  };
}

function polarOf(codebook: ArrayCodebook): PolarCodebook {
  return requirePolar(codebook, 'What was asked for');
}

/** The part of it that does not depend on users. */
export function prepareScheme(
  scenario: Scenario,
): Pick<Preparation, 'scenario' | 'array' | 'codebook' | 'wideband' | 'scheme'> {
  const codebook = codebookOf(scenario);
  const wideband = widebandOf(scenario);
  try {
    const scheme = createScheme(scenario.scheme, codebook, wideband);
    return { scenario, array: codebook.array, codebook, wideband, scheme };
  } catch (error) {
    if (!(error instanceof BeamloopError) || error.where !== undefined) throw error;
    const { code, what, todo, cause } = error;
    throw new BeamloopError(code, {
      what,
      where: wideband === null ? 'scheme, array of the scenario' : 'scheme, array, band of the scenario',
      ...(todo !== undefined && { todo }),
      cause,
    });
  }
}

function bestOf(users: readonly User[], codebook: ArrayCodebook): (Estimate | null)[] {
  if (users.every(({ truth }) => truth === null)) return users.map(() => null);
  const bestBeam = bestBeamOf(codebook);
  return users.map(({ truth }) => truth && bestBeam(truth.paths));
}

/** What exhaustive search of the codebook finds without noise, as a function of the channel. */
export function bestBeamOf(codebook: ArrayCodebook): (paths: readonly Path[]) => Estimate {
  if (!(codebook instanceof PolarCodebook)) {
    return (paths) => planarEstimate(codebook, strongestBeam(codebook, paths));
  }
  const evaluator = createEvaluator(codebook);
  return (paths) => {
    evaluator.setChannel(paths);
    return polarEstimate(codebook, evaluator.best());
  };
}

/** Throws BOARD_MISMATCH for a board of another number of elements. */
export function requireArray(
  { array: { elements } }: Pick<Scenario, 'array'>,
  board: BoardDescription,
): void {
  if (board.numElements === elements) return;
  throw new BeamloopError('BOARD_MISMATCH', {
    what: `The scenario's array has ${elements} elements and the board ${board.model} (${board.serialNumber}) has ${board.numElements}`,
    where: 'array.elements',
    todo: 'Connect the right board or correct the scenario',
  });
}

/** Checks the plan. Throws BOARD_MISMATCH or PLAN_REFUSED, with the numbers. */
export function checkPlan({ scenario, searches }: Preparation, board: BoardDescription): Demand {
  requireArray(scenario, board);
  const options = plannerOptions(scenario, board);
  const rules: SlotRules = {
    slotDurationS: options.slotDurationS,
    userTimeLimitS: scenario.slots.userTimeLimit ?? null,
    contiguous: scenario.slots.contiguous,
  };
  if (board.hostTimed !== undefined)
    lintHostTimed(board.hostTimed, rules.slotDurationS, scenario.board.trust);
  lintSlots(board, rules);
  const demand = worstDemand(searches, options);
  lintDemand(board, rules, demand);
  return demand;
}

export function plannerOptions(scenario: Scenario, board: BoardDescription): PlannerOptions {
  return {
    slotDurationS: scenario.slots.duration,
    startBoardTimeS: VIRTUAL_START_S,
    turnaroundS: scenario.slots.turnaround,
    link: board.hostTimed ? new HostTimedCost(board.hostTimed) : new LinkCost(scenario.board.baud, board),
    memoryDepth: board.memoryDepth,
    queueDepth: board.queueDepth,
  };
}
