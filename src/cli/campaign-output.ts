/** What campaign commands share: options, and how a campaign is shown: progress on standard error, the result on standard output. */
import type { Progress } from '../campaign/campaign-parts.js';
import type { PilotCounts } from '../campaign/check-pilots.js';
import { decibels, place } from '../campaign/in-words.js';
import { interruptionSentence } from '../campaign/interruptions.js';
import {
  type CampaignOutcome,
  type EvidenceCounts,
  howToGoOn,
  type LinkCounts,
  MOST_NAMED,
  type SlotCounts,
  type UserOutcome,
  unfound,
  type WidebandSummary,
} from '../campaign/outcome.js';
import { BeamloopError, EXIT } from '../core/errors.js';
import { plural } from '../core/plural.js';
import { printable } from '../core/printable.js';
import { shellWord } from '../core/shell-word.js';
import { LOSS_STEPS, type LossAccount } from '../scenario/loss-account.js';
import { type CommandContext, printJson, warn } from './command.js';
import { wrapped } from './text-table.js';
import { epochText, trackingText } from './tracking-output.js';
import { percent, usersText } from './user-tables.js';

/** Options of every command that carries out a campaign. */
export const campaignOptions = {
  realtime: {
    type: 'boolean',
    default: false,
    describe: 'Let an emulated board run at the speed of a real one',
  },
  report: {
    type: 'boolean',
    default: true,
    describe: 'Write the HTML report at the end; --no-report leaves it to beamloop report',
  },
} as const;

/** On standard error: for people, or for machines a JSON document a line, each with the kind of its `event`. */
export function campaignProgress(context: CommandContext, json: boolean): Progress {
  const progress = json ? progressEvents(context) : progressLines(context);
  return context.log?.around(progress) ?? progress;
}

function progressEvents({ stderr }: CommandContext): Progress {
  const tell = (event: string, detail: object) => {
    stderr.write(`${JSON.stringify({ event, wallTime: new Date(), ...detail })}\n`);
  };
  return {
    warning: (text) => tell('warning', { text }),
    waiting: (ueId, url) => tell('waiting for ue', { ueId, url }),
    batch: () => {},
    finished: ({ ue, estimate, failure }, turn, numUsers) =>
      tell('user finished', { ueId: ue, turn, numUsers, estimate, failure }),
    epoch: (numDone, numEpochs, states) => tell('epoch', { numDone, numEpochs, states }),
    interruption: (kind, detail) => tell(kind, { ...(detail as object) }),
  };
}

/** A line per user, of many users for every tenth part and whoever was not found; on a terminal it shows the pilots as they are measured. */
function progressLines(context: CommandContext): Progress {
  const { stderr, terminal } = context;
  const live = terminal !== undefined && terminal !== null;
  const show = (text: string) => {
    // What is said after Ctrl-C stands on lines of its own.
    if (live && !context.signal.aborted) terminal.write(`\r\x1b[K${printable(text)}`);
  };
  const saidOfUes = new Set<string>();
  // Of those that this run trained: a resumed one is not told of users that were found before.
  let numTrained = 0;
  let numFound = 0;
  const timeLeft = remainingTime();
  return {
    warning: (text) => warn(context, [text]),
    waiting: (user, url) => {
      const text = `${user}: waiting for the UE at ${url}`;
      if (live) show(text);
      else stderr.write(`${text}\n`);
    },
    batch: (user, turn, numUsers, numPilots, mostPilots) => {
      const left = timeLeft((turn + Math.min(1, numPilots / mostPilots)) / numUsers);
      const pilots = `${numPilots} of ${numPilots < mostPilots ? 'up to ' : ''}${plural(mostPilots, 'pilot')}`;
      const text = `user ${turn + 1} of ${numUsers}, ${user}: ${pilots}${left === null ? '' : `, ${left} left`}`;
      // A line that is broken could not be written over.
      show(text.slice(0, (terminal?.columns || 80) - 1));
    },
    finished: ({ ue, estimate, failure }, turn, numUsers) => {
      show('');
      numTrained += 1;
      if (estimate !== null) numFound += 1;
      if (numUsers > MOST_NAMED && estimate !== null) {
        const everyTenth = Math.ceil(numUsers / 10);
        if ((turn + 1) % everyTenth === 0 || turn + 1 === numUsers)
          stderr.write(`user ${turn + 1} of ${numUsers}: ${numFound} of ${numTrained} found\n`);
        return;
      }
      const result =
        estimate === null
          ? `not found${failure === null ? '' : `: ${failure.what} [${failure.code}]`}`
          : `found ${foundAs(estimate)} after ${pilotsSentence(estimate)}`;
      stderr.write(`user ${turn + 1} of ${numUsers}, ${ue}: ${result}\n`);
    },
    epoch: (numDone, numEpochs, states) => {
      const text = epochText(numDone, numEpochs, states);
      const left = timeLeft(numDone / numEpochs);
      show(numDone === numEpochs ? '' : `${text}${left === null ? '' : `, ${left} left`}`);
      const everyTenth = Math.ceil(numEpochs / 10);
      if (!live && (numDone % everyTenth === 0 || numDone === numEpochs)) stderr.write(`${text}\n`);
    },
    interruption: (kind, detail) => {
      const text = interruptionSentence(kind, detail);
      if (text === null) return;
      const { ueId, code } = detail as { readonly ueId?: string | null; readonly code?: string };
      // That a UE comes is news when it had gone; one that is refused tries again and again.
      if (kind === 'ue connected' && !saidOfUes.delete(`${ueId} is gone`)) return;
      if (kind === 'ue disconnected') saidOfUes.add(`${ueId} is gone`);
      if (kind === 'ue refused' || kind === 'ue malformed' || kind === 'ue remarked') {
        // Of one mistake the first; which record it was in differs from one to the next.
        const mistake = kind === 'ue refused' ? text : `${ueId} ${code}`;
        if (saidOfUes.has(mistake)) return;
        saidOfUes.add(mistake);
      }
      show('');
      stderr.write(`beamloop: ${text}\n`);
    },
  };
}

/** Least share of a run from which the rest is foretold. */
const FORETELLING_SHARE = 0.02;

/**
 * Tells from the share of a campaign that is done how long the rest takes, at the pace so far; null while that says little. What was
 * done before the first call, by a run that is resumed, says nothing of the pace.
 */
export function remainingTime(nowS = () => performance.now() / 1e3): (shareDone: number) => string | null {
  let start: { readonly share: number; readonly timeS: number } | null = null;
  return (share) => {
    start ??= { share, timeS: nowS() };
    const done = share - start.share;
    if (done < FORETELLING_SHARE) return null;
    const leftS = Math.round(((1 - share) / done) * (nowS() - start.timeS));
    if (leftS < 100) return `${leftS} s`;
    return leftS < 6000 ? `${Math.round(leftS / 60)} min` : `${(leftS / 3600).toFixed(1)} h`;
  };
}

/** Prints a campaign's result and has its report written; users that were not found make the exit code 6. */
export async function concludeCampaign(
  { stdout, signal, columns }: CommandContext,
  json: boolean,
  outcome: CampaignOutcome,
  withReport: boolean,
): Promise<void> {
  const missing = unfound(outcome);
  if (json) {
    const report = withReport ? await reportOf(outcome.folder, signal) : null;
    printJson(stdout, { ...outcome, report });
    if (missing.length > 0) process.exitCode = EXIT.incomplete;
    return;
  }
  const { users, wideband, losses, tracking } = outcome;
  const say = (text: string) => stdout.write(wrapped(text, columns).join(''));
  stdout.write(`\n${usersText(users, wideband !== null, columns)}\n`);
  if (tracking !== null) stdout.write(`${trackingText(tracking, columns)}\n`);
  if (wideband !== null) say(summaryText(wideband));
  if (losses !== null) for (const text of accountTexts(losses, tracking !== null)) say(text);
  say(slotText(outcome.slots));
  if (outcome.evidence !== undefined) say(evidenceText(outcome.evidence));
  const link = linkText(outcome.link);
  if (link !== null) say(link);
  stdout.write(`Recording: ${outcome.folder}\n`);
  if (withReport) stdout.write(`Report: ${await reportOf(outcome.folder, signal)}\n`);
  if (missing.length === 0) return;
  const failures = users.flatMap(({ estimate, failure }) =>
    estimate === null ? [failure?.code ?? null] : [],
  );
  throw new BeamloopError('CAMPAIGN_INCOMPLETE', {
    what: `No estimate for ${named(missing, users.length)}`,
    where: outcome.folder,
    todo: `The report says why; ${howToGoOn(outcome.folder, failures)}`,
    recording: outcome.folder,
  });
}

/** `ada, bela`, or of many the first ones. */
function named(missing: readonly string[], numUsers: number): string {
  if (missing.length <= MOST_NAMED) return missing.join(', ');
  return `${missing.length} of ${plural(numUsers, 'user')}: ${missing.slice(0, 10).join(', ')}, …`;
}

/** Every slot that was planned, by what became of it. */
function slotText(slots: SlotCounts): string {
  const { planned, measured, late, missed, wrongCodeword, withoutPower, withoutReceipt } = slots;
  const rare = [
    [wrongCodeword, 'with another codeword'],
    [withoutPower, 'without a power'],
    [withoutReceipt, 'without a receipt'],
  ] as const;
  const counts = [`${measured} measured`, `${late} late`, `${missed} missed`];
  for (const [count, what] of rare) if (count > 0) counts.push(`${count} ${what}`);
  return `${plural(planned, 'slot')} planned: ${counts.join(', ')}`;
}

/** Of a board that does not tell of every latch. */
function evidenceText({ latched, acknowledged, sent }: EvidenceCounts): string {
  const counts = [
    ...(latched > 0 ? [`${latched} latched, as the board or its trigger line says`] : []),
    ...(acknowledged > 0
      ? [`${acknowledged} acknowledged by the board, which does not say when it applied them`]
      : []),
    ...(sent > 0 ? [`${sent} sent, and nothing more is known of them`] : []),
  ];
  return `Of the codewords measured: ${counts.join('; ')}`;
}

/** Null where nothing was repaired: frames that are sent twice on a clean line are none of anybody's concern. */
function linkText({ corruptFrames, reconnects, retransmissions }: LinkCounts): string | null {
  if (corruptFrames + reconnects === 0) return null;
  const counts = [plural(corruptFrames, 'corrupt frame'), plural(reconnects, 'reconnect')];
  return `Link: ${[...counts, plural(retransmissions, 'retransmission')].join(', ')}`;
}

/**
 * Writes the report. The figures' library is loaded only now: a run need not wait for it, nor one without a report.
 * Ctrl-C leaves what was there before.
 */
export async function reportOf(folder: string, signal: AbortSignal): Promise<string> {
  try {
    signal.throwIfAborted();
    const { writeReport } = await import('../report/run-report.js');
    return await writeReport(folder, undefined, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    const { code, what } = signal.reason as BeamloopError;
    throw new BeamloopError(code, {
      what: `${what} before the report was written; the campaign had ended, its array was muted and its recording is closed`,
      todo: `Write the report with: beamloop report ${shellWord(folder)}`,
      recording: folder,
    });
  }
}

function summaryText(summary: WidebandSummary): string {
  const { users, meanRate, meanBoardRate, meanPerfectRate, lossPercent, boardLossPercent } = summary;
  return (
    `Mean rate of ${plural(users, 'user')}: ${meanRate.toFixed(3)} of ` +
    `${meanPerfectRate.toFixed(3)} bit/s/Hz, ${percent(lossPercent)} lost; by the board ` +
    `${meanBoardRate.toFixed(3)}, ${percent(boardLossPercent)} lost`
  );
}

/**
 * Where it was lost: a line of power and, in wideband runs, one of rate. The steps add up to what stands last.
 *
 * @param isTracked whether it is of the beams that users were first found with, which they had moved out of meanwhile.
 */
function accountTexts({ powerDb, ratePercent }: LossAccount, isTracked: boolean): string[] {
  const when = isTracked ? ' in the beams that users were first found with' : '';
  const line = (what: string, losses: LossAccount['powerDb'], text: (value: number | null) => string) =>
    `${what}${when}, mean: ${LOSS_STEPS.map((step) => `${step} ${text(losses[step])}`).join(', ')}; in all ${text(losses.total)}`;
  return [
    line('Power lost', powerDb, (value) => (value === null ? 'not known' : decibels(value))),
    ...(ratePercent === null
      ? []
      : [line('Rate lost', ratePercent, (value) => (value === null ? 'not known' : percent(value)))]),
  ];
}

function pilotsSentence({ numPilots, numCheckPilots }: PilotCounts): string {
  const check = numCheckPilots === 0 ? '' : ` and ${numCheckPilots} to check it`;
  return `${plural(numPilots, 'pilot')}${check}`;
}

/** `with dpc/3/5`; a serving codeword is told by where it points. */
function foundAs({ codewordKey, distanceM, angleRad }: NonNullable<UserOutcome['estimate']>): string {
  return codewordKey.startsWith('serving/') ? `at ${place(distanceM, angleRad)}` : `with ${codewordKey}`;
}
