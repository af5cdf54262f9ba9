/** The report of a run that tracked its users: what the tables of epochs hold is told, and nothing is made up. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Recording } from '../../../src/record/recording.js';
import { type RunData, readRunData } from '../../../src/report/run/run-data.js';
import { confidenceBins } from '../../../src/report/run/tracking/confidence-chart.js';
import { lossesOf } from '../../../src/report/run/tracking/tracking-data.js';
import { renderRunReport } from '../../../src/report/run-report.js';

const root = mkdtempSync(path.join(tmpdir(), 'tracking-report-'));
afterAll(() => rmSync(root, { recursive: true }));

const NUM_EPOCHS = 40;
const BEST = 'tracking/4/40';
const OTHER = 'tracking/4/41';

/** `ada` is tracked throughout; `bela` is lost in epoch 10 for 5 epochs, and for good in epoch 30. */
function stateOf(ue: string, epoch: number): string {
  if (ue === 'ada') return 'tracked';
  if (epoch >= 35) return 'given up';
  return (epoch >= 10 && epoch < 15) || epoch >= 30 ? 'lost' : 'tracked';
}

async function record(folder: string, withTruth: boolean): Promise<void> {
  const recording = await Recording.create(folder, {
    scenarioName: 'tracked',
    scenarioText: 'title: Two on the move\n',
    calibrationText: null,
    scenario: {
      title: 'Two on the move',
      array: { elements: 64, carrier: 60e9, rings: 4 },
      scheme: { name: 'dpc' },
      tracking: {
        epoch: 0.02,
        tracker: { name: 'neighbours', directions: 1 },
        codebook: { directions: 64, rings: 4 },
      },
    },
    seed: 1,
    versions: {},
  });
  for (const [turn, ue] of ['ada', 'bela'].entries()) {
    recording.append('users', {
      ...{
        ue,
        turn,
        zM: null,
        snrDb: 20,
        bestKey: null,
        bestAngleRad: null,
        bestElevationRad: null,
        bestDistanceM: null,
      },
      xM: withTruth ? 5 : null,
      yM: withTruth ? turn : null,
    });
    for (let epoch = 0; epoch < NUM_EPOCHS; epoch++) {
      const boardTimeS = 0.3 + 0.02 * epoch;
      const isRight = (epoch + turn) % 4 !== 0;
      const confidence = isRight ? 0.85 : 0.35;
      const servedKey = isRight ? BEST : OTHER;
      recording.append('epochs', {
        ...{ epoch, ue, boardTimeS, firstSlot: 160 * epoch, state: stateOf(ue, epoch), servedKey },
        ...{ numServingSlots: 4, confidence, probes: epoch % 2 === 0 ? [OTHER] : [], numTrainingPilots: 3 },
        ...{ power: 10, foundKey: null, foundXM: null, foundYM: null },
        bestKey: withTruth ? BEST : null,
        gain: withTruth ? (isRight ? 1 : 0.6) : null,
      });
      recording.append('predictions', {
        epoch,
        ue,
        rank: 1,
        codewordKey: servedKey,
        probability: confidence,
      });
      if (withTruth && turn === 0) recording.append('positions', { ue, boardTimeS, xM: 5, yM: 0.1 * epoch });
    }
  }
  recording.event('finished');
  await recording.close();
}

let run: RunData;
let page: string;
beforeAll(async () => {
  await record(path.join(root, 'known'), true);
  run = await readRunData(path.join(root, 'known'));
  page = renderRunReport(run).markup;
});

describe('the report of a run that tracked its users', () => {
  it('says in a sentence how it went, and is complete when the run has finished', () => {
    expect(page).toContain('2 users tracked with a mean gain of 0.900; beams were lost 2 times.');
    expect(page).not.toContain('not complete');
  });

  it('has a row for each user with its gain, probes and losses', () => {
    const row = (ue: string) =>
      new RegExp(`<tr><td>${ue}</td>.*?</tr>`).exec(page)![0].replace(/<[^>]+>/g, '|');
    expect(row('ada')).toContain('0.900||75.0 %||100.0 %||20||120||0||tracked');
    expect(row('bela')).toContain('0.900||75.0 %||62.5 %||20||120||2||given up');
  });

  it('tells losses and after how many epochs a user was back', () => {
    expect(lossesOf(run.tracking!)).toEqual([
      { ue: 'bela', fromS: expect.closeTo(0.2, 9), epochsUntilBack: 5, wasGivenUp: false },
      { ue: 'bela', fromS: expect.closeTo(0.6, 9), epochsUntilBack: null, wasGivenUp: true },
    ]);
    expect(page).toContain('5 epochs');
    expect(page).toContain('given up meanwhile');
  });

  it('holds what the tracker said of its confidence against how often it was right', () => {
    const bins = confidenceBins(run.tracking!);
    expect(bins.map(({ said, right, count }) => [said.toFixed(2), right, count])).toEqual([
      ['0.35', 0, 20],
      ['0.85', 1, 60],
    ]);
    expect(page).toContain('Of 60 times that it said 0.85 it was right 1.00.');
  });

  it('draws tracks and beams, and gain and power over time', () => {
    const { figures } = renderRunReport(run);
    expect(figures.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['tracks', 'tracking-course', 'tracking-confidence']),
    );
    expect(page).toContain('Gain against the best');
  });

  it('where nobody knows the truth tells of power alone', async () => {
    await record(path.join(root, 'unknown'), false);
    const blind = await readRunData(path.join(root, 'unknown'));
    const { markup, figures } = renderRunReport(blind);
    expect(markup).toContain('Nobody knows where the users were.');
    expect(markup).not.toContain('mean gain of');
    expect(figures.map(({ id }) => id)).not.toContain('tracking-confidence');
    expect(markup).not.toContain('Gain against the best');
  });
});
