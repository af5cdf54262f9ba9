/**
 * What is lost between the best beam that there could be and the one that a user is served with, step by step
 * (docs/model.md eq. 81). Each step is the difference of two neighbours, so the steps add up to the whole.
 */

export const LOSS_STEPS = ['focusing', 'codebook', 'estimation', 'quantisation', 'hardware'] as const;
export type LossStep = (typeof LOSS_STEPS)[number];

/**
 * From a beam that is in phase for all paths at once: to the one that is focused on the user's true position, to the best of the
 * codebook, to the chosen one, to what the board's codes stand for, to what its errors leave. dB of received power, or per cent of the perfect rate; null where nobody knows. */
export type StepLosses = Readonly<Record<LossStep, number | null>>;

export interface LossAccount {
  /** Of the mean received power, dB. */
  readonly powerDb: StepLosses & { readonly total: number | null };
  /** Of the rate, per cent of the perfect one; null in narrowband runs and without noise. */
  readonly ratePercent: (StepLosses & { readonly total: number | null }) | null;
}

/** What was recorded of a user as an account. Rates are null in narrowband runs. */
export function accountOf(
  lossDb: StepLosses,
  rates: Record<
    'perfectRate' | 'focusedRate' | 'bestRate' | 'rate' | 'quantisedRate' | 'boardRate',
    number | null
  >,
): LossAccount {
  const { perfectRate, focusedRate, bestRate, rate, quantisedRate, boardRate } = rates;
  const ratePercent = (from: number | null, to: number | null) => {
    if (from === null || to === null || perfectRate === null) return null;
    const percent = (100 * (from - to)) / perfectRate;
    return Number.isFinite(percent) ? percent : null;
  };
  const steps: StepLosses = {
    focusing: ratePercent(perfectRate, focusedRate),
    codebook: ratePercent(focusedRate, bestRate),
    estimation: ratePercent(bestRate, rate),
    quantisation: ratePercent(rate, quantisedRate),
    hardware: lossDb.hardware === null ? null : ratePercent(quantisedRate, boardRate),
  };
  return {
    powerDb: withTotal(lossDb),
    ratePercent: LOSS_STEPS.every((step) => steps[step] === null) ? null : withTotal(steps),
  };
}

/** Means over users, which add up as the users' losses do; null where there are none. */
export function meanAccount(accounts: readonly LossAccount[]): LossAccount | null {
  if (accounts.length === 0) return null;
  const rates = accounts.flatMap(({ ratePercent }) => ratePercent ?? []);
  return {
    powerDb: meanSteps(accounts.map(({ powerDb }) => powerDb)),
    ratePercent: rates.length < accounts.length ? null : meanSteps(rates),
  };
}

function meanSteps(of: readonly StepLosses[]): LossAccount['powerDb'] {
  const mean = (step: LossStep) =>
    of.reduce<number | null>((sum, losses) => {
      const loss = losses[step];
      return sum === null || loss === null ? null : sum + loss / of.length;
    }, 0);
  return withTotal({
    focusing: mean('focusing'),
    codebook: mean('codebook'),
    estimation: mean('estimation'),
    quantisation: mean('quantisation'),
    hardware: mean('hardware'),
  });
}

/** The total is known where all steps are. */
function withTotal({
  focusing,
  codebook,
  estimation,
  quantisation,
  hardware,
}: StepLosses): LossAccount['powerDb'] {
  const steps = { focusing, codebook, estimation, quantisation, hardware };
  const known = Object.values(steps).filter((loss) => loss !== null);
  const total = known.length < LOSS_STEPS.length ? null : known.reduce((sum, loss) => sum + loss, 0);
  return { ...steps, total };
}
