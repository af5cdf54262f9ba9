/** What was noticed of tracked users, from the events of a recording. */
import type { Recording } from '../../record/recording.js';
import type { Trouble } from '../../tracking/epoch-plan.js';

/** Kinds of events. */
export const TROUBLE = 'user trouble';
export const TROUBLE_OVER = 'user trouble over';

/** Of such an event. */
export interface TroubleDetail {
  readonly ue: string;
  readonly trouble: Trouble;
  /** Before which it was noticed that it had begun, or that it was over. */
  readonly epoch: number;
}

export interface NoticedTrouble extends TroubleDetail {
  /** Until it was over; null where it was not by the end. */
  readonly epochs: number | null;
}

/** In the order in which they were noticed. */
export async function noticedTroubles(recording: Recording): Promise<NoticedTrouble[]> {
  const events = await recording.rows('events', `WHERE kind IN ('${TROUBLE}', '${TROUBLE_OVER}')`);
  const all: NoticedTrouble[] = [];
  for (const { kind, detail } of events) {
    const { ue, trouble, epoch } = detail as TroubleDetail;
    const at = all.findLastIndex((each) => each.ue === ue && each.trouble === trouble);
    const isOpen = at >= 0 && all[at]!.epochs === null;
    // A run that was cut off may have told of an epoch that it came to again.
    if (kind === TROUBLE && !isOpen) all.push({ ue, trouble, epoch, epochs: null });
    if (kind === TROUBLE_OVER && isOpen) all[at] = { ...all[at]!, epochs: epoch - all[at]!.epoch };
  }
  return all;
}
