/**
 * Where what was measured does not settle whether an estimate holds, pilots are sent again (docs/model.md, "Evidence", eq. 85): powers
 * that are none of the beams do not keep an order.
 */

import type { PilotBatch } from '../sounding/sounding.js';
import { type Decision, type Doubt, judge, type MeasuredBatch, type Verdict, valuesOf } from './evidence.js';

/** A fit of this much leaves powers that are made up no chance worth a check; of many pilots a lesser one will do. */
const DECISIVE_LIKENESS = 0.95;
const DECISIVE_OF_MANY = 0.8;
const MANY_PILOTS = 64;
/** Of fewer pilots than this any few large powers look like some beam. */
const FEW_PILOTS = 24;
/** Which of two codewords is sent when, in a check: neither a drift nor powers of the slot before look like it. */
const CHECK_ORDER = [0, 1, 1, 0, 0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 0, 1];
/** So often such a check is sent at most, the next only where those before leave it open. */
const MOST_CHECKS = 4;
/** Pilots of all checks together. */
export const MOST_CHECK_PILOTS = MOST_CHECKS * CHECK_ORDER.length;
/** Probability that powers which are none of the beams pass the checks, whatever their distribution; a bound (eq. 85). */
const FALSE_CHECK = 1e-3;

/**
 * Judges an estimate; where the powers alone do not decide, after pilots that are sent again. Yields those, wants to know what
 * was received of them, returns the verdict.
 */
export function* judging<Place>(
  batches: readonly MeasuredBatch[],
  decision: Decision<Place>,
): Generator<PilotBatch, Verdict, MeasuredBatch> {
  const verdict = judge(batches, decision);
  if (verdict.doubt !== null && !verdict.mayBeChecked) return verdict;
  if (!isCheckWanted(batches, decision, verdict)) return verdict;
  const { values } = valuesOf(batches, decision);
  const pilots = batches.flatMap((batch) => batch.pilots);
  const strongest = values.indexOf(values.reduce((most, value) => Math.max(most, value)));
  const weakest = values.indexOf(values.reduce((least, value) => Math.min(least, value)));
  const again: [number[], number[]] = [[], []];
  for (let k = 0; k < MOST_CHECKS; k++) {
    const check = yield CHECK_ORDER.map((which) => pilots[which === 0 ? strongest : weakest]!);
    for (const [n, value] of valuesOf([check], decision).values.entries())
      again[CHECK_ORDER[n]!]!.push(value);
    const chance = chanceOfOrder(...again);
    if (chance <= FALSE_CHECK / MOST_CHECKS) return { ...verdict, doubt: null };
    if (chance >= 0.5) break;
  }
  return { ...verdict, doubt: doubtOfCheck(values[strongest]!, values[weakest]!, again) };
}

/** Powers that say little, by their number or their fit, may be made up. One pilot has no other to be held against. */
function isCheckWanted<Place>(
  batches: readonly MeasuredBatch[],
  { places, perSubcarrier }: Decision<Place>,
  { doubt, evidence: { likeness } }: Verdict,
): boolean {
  const numPilots = batches.reduce((sum, { pilots }) => sum + pilots.length, 0);
  if (perSubcarrier || places.length === 0 || numPilots < 2) return false;
  const enough = numPilots >= MANY_PILOTS ? DECISIVE_OF_MANY : DECISIVE_LIKENESS;
  return doubt !== null || numPilots < FEW_PILOTS || likeness === null || likeness < enough;
}

/**
 * Probability that, of as many equally distributed powers, those sent as `strong` outrank those sent as `weak` in so many pairs or more:
 * the exact distribution of the Mann-Whitney statistic. Powers that are the same are ordered against the claim.
 */
export function chanceOfOrder(strong: readonly number[], weak: readonly number[]): number {
  const ways = waysToWin(strong.length);
  const numWon = strong.reduce((sum, power) => sum + weak.filter((other) => power > other).length, 0);
  const sum = (counts: Float64Array) => counts.reduce((total, count) => total + count, 0);
  return sum(ways.subarray(numWon)) / sum(ways);
}

const known = new Map<number, Float64Array>();

/** In how many ways `count` of twice as many ranks win 0, 1, 2, … of their pairs with the rest. */
function waysToWin(count: number): Float64Array {
  const before = known.get(count);
  if (before !== undefined) return before;
  // Of the ranks so far, by how many were chosen.
  let ways = Array.from({ length: count + 1 }, () => new Float64Array(count * count + 1));
  ways[0]![0] = 1;
  for (let rank = 0; rank < 2 * count; rank++) {
    ways = ways.map((of, numChosen) => {
      const numBelow = rank - (numChosen - 1);
      const withoutThis = ways[numChosen - 1];
      return of.map((num, won) => num + (won >= numBelow ? (withoutThis?.[won - numBelow] ?? 0) : 0));
    });
  }
  const all = ways.at(-1)!;
  known.set(count, all);
  return all;
}

function doubtOfCheck(
  strong: number,
  weak: number,
  [again, weakAgain]: readonly [number[], number[]],
): Doubt {
  const figure = (power: number) => power.toPrecision(3);
  const mean = (powers: readonly number[]) => powers.reduce((sum, power) => sum + power, 0) / powers.length;
  return {
    what:
      `The strongest and the weakest pilot were received with powers ${figure(strong)} and ${figure(weak)}, ` +
      `and when they were sent again, ${again.length} times in turn, with ${figure(mean(again))} and ${figure(mean(weakAgain))} on average: ` +
      'powers that are not of the beams would look like that',
    todo: 'Check that the UE measures in the slots that it is asked for, and that nothing moves during training; bring the user nearer',
  };
}
