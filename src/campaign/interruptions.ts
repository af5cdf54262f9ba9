/** What comes between while a campaign runs, in words. */

/** What board and UEs are said to do, by the kind of event (docs/recording.md, table `events`); of other kinds nothing is said. */
const SENTENCES: Readonly<Record<string, (detail: Detail) => string | null>> = {
  'link down': ({ reason }) => `the board is gone: ${reason}`,
  'link up': ({ reason }) =>
    reason === 'resumed'
      ? 'the board is back, and goes on where it was'
      : reason === 'greeted anew'
        ? 'the board is back, and was greeted anew'
        : 'the board is back, and its memory has been looked through',
  'board reset': ({ inOrAfterSlot }) =>
    'the board restarted; what was measured stays, what was queued is sent again' +
    (inOrAfterSlot === undefined
      ? ''
      : `. It was in slot ${inOrAfterSlot} or after it: a power of that slot may be of a part of it only`),
  'board session lost': () =>
    'the board does not know our session (another program spoke to it?); what was queued is sent again',
  'board fault': ({ code, detail, breach, says }) =>
    breach === undefined
      ? says === undefined
        ? faultSentence(String(code), detail)
        : `slot ${detail}: ${says}`
      : `the board does not keep to its protocol: ${breach}`,
  'ue connected': ({ ueId }) => `UE ${ueId} is connected`,
  'ue disconnected': ({ ueId, reason }) => `UE ${ueId} is gone: ${reason}`,
  'ue refused': ({ ueId, reason }) => `${ueId ? `UE ${ueId}` : 'a UE'} was refused: ${reason}`,
  'ue malformed': complaintSentence,
  'ue remarked': complaintSentence,
  'calibration table': ({ table, ageDays }) =>
    `calibrated by ${table}${ageDays === undefined ? '' : `, measured ${Number(ageDays) < 2 ? `${Math.round(24 * Number(ageDays))} hours` : `${Math.round(Number(ageDays))} days`} ago`}`,
  camera: ({ what }) => `camera: ${what}`,
  'epochs left out': leftOutSentence,
  'user trouble': ({ ue, trouble, epoch }) => troubleSentence(String(ue), String(trouble), epoch),
};

function leftOutSentence(detail: Detail): string {
  const ms = (key: string) => `${(1e3 * Number(detail[key])).toFixed(1)} ms`;
  return (
    `${detail.leftOut} of ${Number(detail.leftOut) + Number(detail.carriedOut)} epochs could not be begun in time and were left out: ` +
    `between the last slot of one and the first of the next are ${ms('spareS')}, and lately it took ${ms('powersS')} until powers ` +
    `and receipts were there, ${ms('decisionS')} to decide and ${ms('readyS')} to have board and UEs ready. ` +
    `Give epochs of ${ms('neededS')} or more, fewer slots, or a faster machine`
  );
}

/** That a beam falls for a moment is in the outcome; that a UE is silent matters where it is connected, too. */
function troubleSentence(ue: string, trouble: string, epoch: unknown): string | null {
  const what = {
    'UE silent': 'nothing is heard of it',
    'sensor silent': 'its sensor has fallen silent',
    'sensor contradicted': 'its sensor tells of a place where its beam would bring nothing',
  }[trouble];
  return what === undefined ? null : `user ${ue}, from epoch ${epoch} on: ${what}`;
}

/** Faults that have a count of their own at the end, or are told as what follows from them. */
const COUNTED_FAULTS: ReadonlySet<string> = new Set([
  ...['latchMissed', 'memory', 'powerUp'],
  // The first of each kind says what it is.
  ...['wrongCodeword', 'wrongIndex', 'wrongHash', 'contradictoryReceipt', 'unknownReceipt'],
  ...['receiptOutOfOrder', 'latchedOffTime', 'malformedFromBoard'],
]);

type Detail = Readonly<Record<string, unknown>>;

/** Null of what nobody needs to be told at once. */
export function interruptionSentence(kind: string, detail: unknown): string | null {
  return SENTENCES[kind]?.((detail ?? {}) as Detail) ?? null;
}

function complaintSentence({ ueId, reason, todo }: Detail): string {
  return `UE ${ueId} ${reason}${todo === undefined ? '' : `. ${todo}`}`;
}

function faultSentence(code: string, detail: unknown): string | null {
  if (COUNTED_FAULTS.has(code)) return null;
  if (code === 'watchdog')
    return `the board heard nothing from this machine for ${detail} ms and muted itself`;
  return `the board reports a fault: ${code}, ${detail}`;
}
