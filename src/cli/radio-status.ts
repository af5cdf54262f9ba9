/** How a radio does, while it does: a line on standard error. */
import { plural } from '../core/plural.js';
import { formatQuantity } from '../core/units.js';
import type { Radio, RadioStatistics } from '../radio/radio.js';
import type { AgentState } from '../ue/agent.js';
import { type CommandContext, printJson } from './command.js';

const INTERVAL_MS = 1000;

export class RadioStatus {
  readonly #context: CommandContext;
  readonly #source: Radio;
  readonly #json: boolean;
  readonly #timer: NodeJS.Timeout;
  #before: RadioStatistics;

  constructor(context: CommandContext, source: Radio, json: boolean) {
    this.#context = context;
    this.#source = source;
    this.#json = json;
    this.#before = source.statistics();
    this.#timer = setInterval(() => this.#tick(), INTERVAL_MS);
    this.#timer.unref();
  }

  /** The connection came or went. */
  bridge(state: AgentState): void {
    this.#say(
      state.kind === 'connected'
        ? 'connected to the bridge'
        : `not connected: ${state.reason}; trying again in ${state.retryInS.toFixed(1)} s`,
    );
  }

  stop(): void {
    clearInterval(this.#timer);
    if (this.#context.terminal) this.#context.terminal.write('\r\u001b[K');
  }

  /** What came of it, at the end. */
  summary(): void {
    const statistics = this.#source.statistics();
    if (this.#json) {
      printJson(this.#context.stdout, { radio: statistics });
      return;
    }
    this.#context.stderr.write(`beamloop: ${textOf(statistics)}\n`);
  }

  #tick(): void {
    const now = this.#source.statistics();
    const { terminal } = this.#context;
    const perS = now.slots - this.#before.slots;
    if (terminal) terminal.write(`\r\u001b[K${textOf(now)}, ${perS} slots/s`);
    else if (now.slots > this.#before.slots && this.#before.slots === 0) this.#say(textOf(now));
    this.#before = now;
  }

  #say(text: string): void {
    if (this.#context.terminal) this.#context.terminal.write('\r\u001b[K');
    this.#context.stderr.write(`beamloop: ${text}\n`);
  }
}

function textOf({
  slots,
  leftOut,
  gaps,
  clipped,
  driftPpm,
  snrDb,
  samples,
  isLocked,
  trigger,
}: RadioStatistics): string {
  return [
    isLocked ? 'slots found' : 'no slots found now',
    `${plural(slots, 'slot')} measured, ${leftOut} left out for doubt`,
    ...(snrDb === null ? [] : [`SNR ${snrDb.toFixed(1)} dB`]),
    ...(driftPpm === null ? [] : [`clock ${driftPpm >= 0 ? '+' : ''}${driftPpm.toFixed(1)} ppm`]),
    `${plural(gaps, 'gap')}`,
    ...(trigger === null ? [] : triggerTexts(trigger)),
    `${((100 * clipped) / Math.max(1, samples)).toFixed(2)} % clipped`,
  ].join(', ');
}

function triggerTexts({
  edges,
  bounces,
  broken,
  periodS,
}: NonNullable<RadioStatistics['trigger']>): string[] {
  return [
    periodS === null
      ? plural(edges, 'edge')
      : `${plural(edges, 'edge')}, every ${formatQuantity(Number(periodS.toPrecision(4)), 's')}`,
    ...(bounces === 0 ? [] : [`${plural(bounces, 'bounce')}`]),
    ...(broken === 0 ? [] : [`${broken} out of step`]),
  ];
}
