/** Rates of learning over the steps of a training. */

/** Half a cosine from `peak` at the first step to 0 after the last. */
export function cosineRate(peak: number, step: number, numSteps: number): number {
  return (peak / 2) * (1 + Math.cos((Math.PI * step) / numSteps));
}

/** Share of the steps in which the rate rises, where it begins and where it ends, as shares of its peak. */
const RISE = 0.3;
const BEGIN = 1 / 25;
const END = BEGIN / 1e4;

/** One cycle (Smith and Topin 2018): up from a 25th of the peak in the first three tenths, then down to next to nothing, along cosines. */
export function oneCycleRate(peak: number, step: number, numSteps: number): number {
  const top = Math.max(1, RISE * numSteps - 1);
  const along = (from: number, to: number, share: number) =>
    peak * (to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share)));
  if (step <= top) return along(BEGIN, 1, step / top);
  return along(1, END, Math.min(1, (step - top) / Math.max(1, numSteps - 1 - top)));
}
