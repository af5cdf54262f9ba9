/** What the operator has this dashboard do with the scenario that it was called with: start a run, or steer by hand. */
import { BeamloopError } from '../core/errors.js';
import { DetachedCommand } from './child-command.js';
import type { ScenarioEntry, StartedEntry } from './page-messages.js';
import { NOTHING_STARTED, type Point, Steering } from './steering.js';

export class Operator {
  readonly #scenario: ScenarioEntry | null;
  readonly #changed: () => void;
  #run: StartedEntry = NOTHING_STARTED;
  #steered: StartedEntry = NOTHING_STARTED;
  #steering: Steering | null = null;
  /** Of all that was started. */
  readonly #pids = new Set<number>();

  constructor(scenario: ScenarioEntry | null, changed: () => void) {
    this.#scenario = scenario;
    this.#changed = changed;
  }

  get run(): StartedEntry {
    return this.#run;
  }

  get steering(): StartedEntry {
    return this.#steered;
  }

  isOwn(pid: number): boolean {
    return this.#pids.has(pid);
  }

  /** That a run or a steering of ours can be watched now. */
  seen(pid: number): void {
    if (this.#run.pid === pid && this.#run.state === 'starting')
      this.#run = { ...this.#run, state: 'running' };
    if (this.#steered.pid === pid && this.#steered.state === 'starting')
      this.#steered = { ...this.#steered, state: 'running' };
  }

  /** @throws BAD_ARGUMENT where there is nothing to start, or something goes on. */
  start(): void {
    const { file } = this.#requireFree();
    const command = new DetachedCommand(['run', file, '--realtime']);
    this.#pids.add(command.pid);
    this.#run = { state: 'starting', pid: command.pid, error: null };
    this.#changed();
    void command.ended.then((error) => {
      this.#run = { state: 'ended', pid: null, error };
      this.#changed();
    });
  }

  /** Takes the board for steering by hand. @throws as `start`. */
  beginSteering(): void {
    const { file, whyNoSteering } = this.#requireFree();
    if (whyNoSteering !== null) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what: whyNoSteering,
        todo: 'Name a scenario whose array can be steered by hand',
      });
    }
    const steering = new Steering(file);
    this.#steering = steering;
    this.#pids.add(steering.pid);
    this.#steered = { state: 'starting', pid: steering.pid, error: null };
    this.#changed();
    void steering.ended.then((error) => {
      this.#steering = null;
      this.#steered = { state: 'ended', pid: null, error };
      this.#changed();
    });
  }

  /** Mutes the array and leaves the board. */
  async endSteering(): Promise<void> {
    const error = await this.#steering?.close();
    if (error)
      throw new BeamloopError('BOARD_SILENT', { what: error.what, todo: error.todo ?? 'Look at the board' });
  }

  /** Resolves with what the board latched, in words. @throws BAD_ARGUMENT where nobody steers; as `Steering.to`. */
  steer(point: Point): Promise<string> {
    if (this.#steering !== null) return this.#steering.to(point);
    throw new BeamloopError('BAD_ARGUMENT', {
      what: 'The array is not steered by hand now',
      todo: 'Begin with: Steer by hand',
    });
  }

  /** A run that was started goes on; a beam that was steered by hand is muted. */
  async close(): Promise<void> {
    await this.#steering?.close();
  }

  #requireFree(): ScenarioEntry {
    if (this.#scenario === null) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what: 'The dashboard was called without a scenario, so there is nothing to start',
        todo: 'Call it with one: beamloop dashboard <scenario.yaml>',
      });
    }
    const isBusy = ({ state }: StartedEntry) => state === 'starting' || state === 'running';
    if (isBusy(this.#run) || isBusy(this.#steered)) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what: isBusy(this.#run) ? 'The run goes on' : 'The array is steered by hand',
        todo: isBusy(this.#run) ? 'Stop it first' : 'End that first',
      });
    }
    return this.#scenario;
  }
}
