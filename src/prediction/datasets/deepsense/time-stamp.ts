/** Times of day as DeepSense 6G writes them, `['16-45-05-799']` in milliseconds or `16:45:05-799000` in microseconds. */

const STAMP = /(\d{1,2})([-:])(\d{1,2})\2(\d{1,2})(?:[-.](\d{1,6}))?/;

/** Seconds after midnight (UTC); null for what is no time. */
export function timeOfDayS(text: string): number | null {
  const match = STAMP.exec(text);
  if (match === null) return null;
  const [, hours, separator, minutes, seconds, fraction = '0'] = match;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  // Milliseconds have three digits; some tables write microseconds in the same form.
  const perSecond = separator === '-' && fraction.length <= 3 ? 1e3 : 1e6;
  return 3600 * Number(hours) + 60 * Number(minutes) + Number(seconds) + Number(fraction) / perSecond;
}
