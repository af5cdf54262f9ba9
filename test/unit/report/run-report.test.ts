import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { polarPointM } from '../../../src/array/linear-array.js';
import { Recording } from '../../../src/record/recording.js';
import { NARROW_PX, renderFigure, WIDE_PX } from '../../../src/report/drawing/chart.js';
import { COLOUR } from '../../../src/report/drawing/colour.js';
import { pilotChart } from '../../../src/report/run/pilot-chart.js';
import { groupPilots } from '../../../src/report/run/pilot-groups.js';
import { planView } from '../../../src/report/run/plan-view.js';
import { measuredPilots, type RunData, readRunData } from '../../../src/report/run/run-data.js';
import { readRunFacts } from '../../../src/report/run/run-facts.js';
import { slotChart } from '../../../src/report/run/slot-chart.js';
import { tallySlots } from '../../../src/report/run/slot-tally.js';
import { renderRunReport, writeReport } from '../../../src/report/run-report.js';
import { expectWellFormed, svgAxes, svgMarks, svgTexts } from '../../fixtures/read-svg.js';
import { type FixtureRun, recordRun } from '../../fixtures/recorded-run.js';

const DEG = Math.PI / 180;
/** Small array, so users are near. */
const SMALL: FixtureRun = {
  numElements: 64,
  users: [
    { ue: 'alice', positionM: polarPointM(0.9, 12 * DEG), snrDb: 30 },
    { ue: 'bob', positionM: polarPointM(0.35, -31 * DEG), snrDb: 30 },
  ],
};

let root: string;
let folders = 0;
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'beamloop-report-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function recorded(fixture: FixtureRun): Promise<RunData> {
  const folder = path.join(root, `run-${++folders}`);
  await recordRun(folder, { ...SMALL, ...fixture });
  return readRunData(folder);
}

/** The page as a reader sees it: text without markup. */
function textOf(markup: string): string {
  return markup
    .replace(/<style>.*?<\/style>/s, ' ')
    .replace(/<svg.*?<\/svg>/gs, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}

describe('a whole run', () => {
  let run: RunData;
  let page: string;
  beforeAll(async () => {
    run = await recorded({ title: 'Whole run' });
    page = renderRunReport(run).markup;
  });

  it('plan view: truth and estimate stand where they are, in metres', () => {
    const svg = renderFigure(planView(run)!, WIDE_PX, 'file');
    const axes = svgAxes(svg);
    const marks = svgMarks(svg).map((mark) => ({ ...mark, across: axes.x(mark.x), ahead: axes.y(mark.y) }));
    const truths = marks.filter((mark) => mark.fill === 'none' && mark.stroke === COLOUR.ink);
    const founds = marks.filter((mark) => mark.fill === COLOUR.red);
    expect(truths).toHaveLength(2);
    expect(founds).toHaveLength(2);
    for (const [k, { positionM }] of SMALL.users!.entries()) {
      expect(truths[k]!.across).toBeCloseTo(positionM[1], 2);
      expect(truths[k]!.ahead).toBeCloseTo(positionM[0], 2);
    }
    for (const [k, { ue }] of SMALL.users!.entries()) {
      const { distanceM, angleRad } = run.estimates.get(ue)!;
      expect(founds[k]!.across).toBeCloseTo(distanceM * Math.sin(angleRad), 2);
      expect(founds[k]!.ahead).toBeCloseTo(distanceM * Math.cos(angleRad), 2);
    }
    // One scale for both axes: it is a map.
    expect(axes.x(1) - axes.x(0)).toBeCloseTo(axes.y(0) - axes.y(1), 3);
    const words = svgTexts(svg).map(({ text }) => text);
    expect(words).toEqual(
      expect.arrayContaining(['alice', 'bob', 'True position', 'Found position', 'Polar rings']),
    );
    expect(words).toContain('Ahead of the array, x (m)');
  });

  it('pilot chart: every pilot at its power, the stronger of each level and the chosen codeword marked', () => {
    const svg = renderFigure(pilotChart(run, 'alice', 1)!, WIDE_PX, 'file');
    const pilots = measuredPilots(run.slots, 'alice');
    const axes = svgAxes(svg);
    const marks = svgMarks(svg);
    const stronger = marks.filter((mark) => mark.fill === COLOUR.blue);
    const weaker = marks.filter((mark) => mark.stroke === COLOUR.blue);
    const chosen = marks.filter((mark) => mark.fill === COLOUR.red);
    expect(stronger).toHaveLength(6);
    expect(weaker).toHaveLength(6);
    expect(chosen).toHaveLength(1);
    expect(pilots).toHaveLength(2 * 6 + 60);
    const powerDb = (k: number) => 10 * Math.log10(pilots[k]!.power!.received / pilots[k]!.power!.noiseFloor);
    for (const mark of [...stronger, ...weaker, ...chosen]) {
      const number = Math.round(axes.x(mark.x));
      expect(axes.x(mark.x)).toBeCloseTo(number, 1);
      expect(Math.abs(axes.y(mark.y) - powerDb(number - 1))).toBeLessThan(0.1);
    }
    for (const [level, mark] of stronger.entries()) {
      const number = Math.round(axes.x(mark.x));
      expect(Math.ceil(number / 2)).toBe(level + 1);
      const other = number % 2 === 1 ? number + 1 : number - 1;
      expect(powerDb(number - 1)).toBeGreaterThan(powerDb(other - 1));
    }
    const chosenNumber = Math.round(axes.x(chosen[0]!.x));
    expect(pilots[chosenNumber - 1]!.codewordKey).toBe(run.estimates.get('alice')!.codewordKey);
    expect(svgTexts(svg).map(({ text }) => text)).toContain('Power (dB over noise)');
  });

  it('groups the pilots by level and by ring', () => {
    const groups = groupPilots(measuredPilots(run.slots, 'bob'));
    expect(groups.map(({ kind, number }) => `${kind} ${number}`)).toEqual([
      ...[1, 2, 3, 4, 5, 6].map((level) => `level ${level}`),
      ...[1, 2, 3, 4, 5, 6].map((ring) => `ring ${ring}`),
    ]);
    expect(groups.slice(0, 6).every(({ pilots }) => pilots.length === 2)).toBe(true);
    expect(groups.at(-1)!.last).toBe(72);
  });

  it('page: says how it ended and gives the numbers', () => {
    const text = textOf(page);
    expect(text).toContain('All 2 users were found, each with its noise-free best codeword.');
    expect(text).toContain('All 144 slots were latched on time and measured.');
    expect(text).toContain('The link was undisturbed');
    expect(text).not.toContain('not complete');
    expect(text).toMatch(/alice 12\.00° [\d.]+° 0\.90 m/);
    expect(text).toContain(run.estimates.get('alice')!.codewordKey);
    expect(text).toContain('DPC hierarchical (range reduction on, pilot set expansion on)');
    expect(text).toContain('serial number EMU-0001');
    expect(text).toContain('beamloop 0.1.0');
  });

  it('page: needs nothing but itself', () => {
    expect(page).not.toMatch(/<script|<link|<iframe|<object|@import/i);
    const addresses = [...page.matchAll(/(?:src|href|xlink:href)="([^"]*)"/g)].map(([, address]) => address!);
    expect(addresses.length).toBeGreaterThan(0);
    for (const address of addresses) expect(address).toMatch(/^data:image\/png;base64,|^#/);
    for (const [, inside] of page.matchAll(/url\(([^)]*)\)/g)) expect(inside).toMatch(/^#/);
  });

  it('page: every figure is named, ids are unique, figures are there for wide and narrow pages', () => {
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id!);
    expect(new Set(ids).size).toBe(ids.length);
    const figures = [...page.matchAll(/<svg[^>]*aria-labelledby="([^"]*)"/g)].map(([, names]) => names!);
    expect(figures).toHaveLength(2 * 6);
    for (const name of figures.flatMap((names) => names.split(' '))) expect(ids).toContain(name);
    expect(page).toContain(`width="${WIDE_PX}"`);
    expect(page).toContain(`width="${NARROW_PX}"`);
  });

  it('beam patterns: a panel per level and one for the chosen codeword, each a picture', () => {
    const svg = /<svg[^>]*aria-labelledby="beam-patterns-940.*?<\/svg>/s.exec(page)![0];
    expect(svgTexts(svg).map(({ text }) => text)).toEqual(
      expect.arrayContaining(['Level 1', 'Level 6', 'Chosen codeword']),
    );
    expect(svg.match(/<image /g)).toHaveLength(6 + 1 + 1);
  });

  it('the same recording gives the same page', () => {
    expect(renderRunReport(run).markup).toBe(page);
  });
});

describe('writeReport', () => {
  it('writes the page and its figures beside the recording', async () => {
    const { folder } = await recorded({});
    const file = await writeReport(folder);
    expect(file).toBe(path.join(folder, 'report.html'));
    expectWellFormedSvgs(readFileSync(file, 'utf8'));
    const figures = readdirSync(path.join(folder, 'figures')).sort();
    expect(figures).toEqual([
      'beam-patterns.svg',
      'link-history.svg',
      'pilots-1.svg',
      'pilots-2.svg',
      'plan-view.svg',
      'slot-timeline.svg',
    ]);
    for (const figure of figures) {
      const svg = readFileSync(path.join(folder, 'figures', figure), 'utf8');
      expectWellFormed(svg);
      expect(svg).not.toContain('var(--');
    }
  });

  it('says what is wrong with a folder that is no recording', async () => {
    await expect(writeReport(path.join(root, 'nowhere'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(writeReport(root)).rejects.toMatchObject({ code: 'RECORDING_INVALID' });
  });

  it('says when it cannot write', async () => {
    const { folder } = await recorded({ cutAfterSlots: 3 });
    writeFileSync(path.join(folder, 'figures'), 'in the way');
    await expect(writeReport(folder)).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
  });
});

function expectWellFormedSvgs(page: string): void {
  const svgs = page.match(/<svg.*?<\/svg>/gs) ?? [];
  expect(svgs.length).toBeGreaterThan(0);
  for (const svg of svgs) expectWellFormed(svg);
}

describe('trouble', () => {
  it('is in the text: retransmissions, corrupt frames, reconnects, duplicates, missed and late slots', async () => {
    const run = await recorded({
      missedSlots: [4, 20, 21],
      lateSlots: [60],
      link: { retransmissions: 31, corruptFrames: 17, reconnects: 1, duplicatesReceived: 4 },
      ue: { connections: 2, duplicates: 5, gaps: 1, malformed: 3 },
    });
    const text = textOf(renderRunReport(run).markup);
    expect(text).toContain('31 retransmissions, 4 duplicates, 17 corrupt frames and 1 reconnect');
    expect(text).toContain('Of 148 slots: 1 slot latched late, 3 slots missed; 4 pilots sent again.');
    expect(text).toMatch(/alice 2 \d+ 1 5 3 0/);
    expect(text).toContain('5 duplicate powers');
    expect(text).toContain('All 2 users were found');

    const tally = tallySlots(run.slots);
    expect(tally).toMatchObject({
      planned: 148,
      latched: 144,
      late: 1,
      missed: 3,
      repeated: 4,
      mostAttempts: 3,
    });
    expect(tally.largestLatchErrorS).toBeCloseTo(23e-6, 9);
    // The late slot was measured, but not as its pilot's power.
    expect(tally.measured).toBe(145);
    expect(measuredPilots(run.slots, 'alice')).toHaveLength(72);
    const words = svgTexts(renderFigure(slotChart(run)!, WIDE_PX, 'file')).map(({ text }) => text);
    expect(words).toEqual(expect.arrayContaining(['Latched on time', 'Late', 'Missed', 'alice', 'bob']));
  });

  it('is not lost in a crowd of UEs that connect', async () => {
    const crowd = Array.from({ length: 100 }, (_, k) => ({
      kind: 'ue connected',
      detail: { ueId: `ue${k}` },
    }));
    const fault = (code: number) => ({ kind: 'board fault', detail: { code } });
    const events = [...crowd, ...[1, 2, 3, 4, 5].map(fault), ...crowd.slice(0, 2)];
    const text = textOf(renderRunReport(await recorded({ events })).markup);
    expect(text).toContain('0.000 ue connected ueId: ue0');
    expect(text).toContain('69.300 ue connected, 99 times more until here ueId: ue99');
    for (const code of [1, 2, 3, 4, 5]) expect(text).toContain(`board fault code: ${code}`);
    expect(text).not.toMatch(/ueId: ue98|more are in the recording, table events/);
    expect(text).toContain('74.200 ue connected ueId: ue1');
  });

  it('of more users than have a row: the chart says how many it shows', async () => {
    const run = await recorded({});
    const many = Array.from({ length: 30 }, (_, k) => ({ ...run.slots[k]!, ue: `ue${k}` }));
    expect(slotChart({ ...run, slots: many })!.title).toBe(
      'Slots over the board’s time, the first 24 of 30 users',
    );
    expect(slotChart(run)!.title).toBe('Slots over the board’s time');
  });

  it('is none where the board sent frames again to a busy host', async () => {
    const text = textOf(renderRunReport(await recorded({ link: { duplicatesReceived: 4 } })).markup);
    expect(text.match(/before it heard that they had arrived: 4 duplicates/g)).toHaveLength(1);
    expect(text).not.toContain('sent more than once');
  });

  it('of a resumed run adds up over its sessions', async () => {
    const { folder } = await recorded({ link: { retransmissions: 5, framesSent: 400 } });
    const again = await Recording.open(folder, 'write');
    const at = (ms: number) => new Date(Date.UTC(2026, 2, 14, 10) + ms);
    again.append('events', { wallTime: at(0), kind: 'resumed', detail: {} });
    for (const retransmissions of [0, 2]) {
      again.append('link_statistics', {
        wallTime: at(1000 + retransmissions),
        statistics: {
          link: { framesSent: 50, retransmissions, corruptFrames: 1, roundTripS: 2e-3 },
          ues: [{ ueId: 'alice', connections: 1, recordsReceived: 10 }],
        },
      });
    }
    await again.close();
    const { statistics } = await readRunData(folder);
    expect(statistics.resumptions).toBe(1);
    expect(statistics.link.at(-1)!.totals).toMatchObject({
      framesSent: 450,
      retransmissions: 7,
      corruptFrames: 1,
      roundTripS: 2e-3,
    });
    expect(statistics.ues.get('alice')).toMatchObject({ connections: 2, recordsReceived: 72 + 10 });
    expect(statistics.ues.get('bob')).toMatchObject({ connections: 1, recordsReceived: 72 });
  });
});

it.each([
  ['token: s3cret-w0rd', 's3cret-w0rd'],
  ["bridge: { host: 0.0.0.0, token: 's3cret-w0rd' }", 's3cret-w0rd'],
  ['token: s3cret-w0rd', undefined],
])('the token of the bridge is not shown: %s', (line, token) => {
  const facts = readRunFacts(
    new Map<string, unknown>([
      ['scenarioText', `seed: 7\n${line}\nscheme: dpc\n`],
      ['scenario', { bridge: { token } }],
    ]),
  );
  expect(facts.scenarioText).not.toContain('s3cret');
  expect(facts.scenarioText).toContain('(not shown)');
  expect(facts.scenarioText).toContain('scheme: dpc');
});

describe('a run that did not end', () => {
  it('in the middle: who was found, who was not, how to go on', async () => {
    const run = await recorded({
      cutAfterSlots: 80,
      events: [
        { kind: 'started', detail: {} },
        { kind: 'stopped', detail: { what: 'The board stopped answering' } },
      ],
    });
    const { markup } = renderRunReport(run);
    const text = textOf(markup);
    expect(text).toContain('1 of 2 users were found, with the noise-free best codeword.');
    expect(text).toContain('This run is not complete. It stopped: The board stopped answering.');
    expect(text).toContain(`beamloop resume ${run.folder}`);
    expect(text).toMatch(/bob −31\.00° – 0\.35 m – not found/);
    expectWellFormedSvgs(markup);
  });

  it('before the first pilot, and before the board said who it is', async () => {
    const run = await recorded({ cutAfterSlots: 0, events: [], run: { board: null } });
    const text = textOf(renderRunReport(run).markup);
    expect(text).toContain('None of 2 users was found.');
    expect(text).toContain('No slot was planned');
    expect(text).toContain('No received power was recorded');
    expect(text).toContain('No event was recorded');
    expect(text).toContain('Board not recorded');
  });

  it('before anything at all', async () => {
    const folder = path.join(root, 'nothing');
    const recording = await Recording.create(folder, {
      scenarioName: 'nothing',
      scenarioText: '',
      calibrationText: null,
      scenario: {},
      seed: 1,
      versions: {},
    });
    await recording.close();
    const text = textOf(renderRunReport(await readRunData(folder)).markup);
    expect(text).toContain('The run ended before it got to any user.');
    expect(text).toContain('No link statistics were recorded');
  });

  it('with users whose places nobody knows: found positions only', async () => {
    const run = await recorded({ withoutTruth: true });
    const text = textOf(renderRunReport(run).markup);
    expect(text).toContain('All 2 users were found; where they really are is not known.');
    const marks = svgMarks(renderFigure(planView(run)!, WIDE_PX, 'file'));
    expect(marks.filter((mark) => mark.fill === COLOUR.red)).toHaveLength(2);
    expect(marks.filter((mark) => mark.fill === 'none')).toHaveLength(0);
  });
});

describe('other schemes', () => {
  it.each([
    { name: 'exhaustive' },
    { name: 'far-field-sweep' },
    { name: 'near-field-hierarchical' },
    { name: 'far-field-hierarchical', refinementAngles: 16, wideBeams: 'sub-array' },
  ] as const)('$name: a chart per user, the chosen codeword in it', async (scheme) => {
    const run = await recorded({ scheme });
    const { markup, figures } = renderRunReport(run);
    expectWellFormedSvgs(markup);
    expect(figures.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['pilots-1', 'pilots-2', 'beam-patterns']),
    );
    const chart = renderFigure(figures.find(({ id }) => id === 'pilots-1')!, WIDE_PX, 'file');
    expect(svgMarks(chart).filter((mark) => mark.fill === COLOUR.red)).toHaveLength(1);
  });
});

describe('hostile names', () => {
  const NAMES = [
    '"><img src=x onerror=alert(1)>',
    '</title></desc></svg><script>alert(2)</script>',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a template that must not be filled in
    "{b} {a|x} ${1} ' onload='alert(3)",
    'nul\u0000 esc\u001b rtl\u202e ]]>',
  ];

  it('stay text: in the scenario, as UE ids, in events and versions', async () => {
    const hostile = NAMES.join(' ');
    const run = await recorded({
      title: hostile,
      users: NAMES.map((ue, k) => ({
        ue,
        positionM: polarPointM(0.4 + 0.2 * k, (20 * k - 30) * DEG),
        snrDb: 30,
      })),
      events: [{ kind: hostile, detail: { [hostile]: hostile } }],
      run: {
        board: {
          model: hostile,
          serialNumber: hostile,
          firmware: hostile,
          numElements: 64,
          phaseBits: 7,
          delayBits: 0,
          amplitudeBits: 1,
          memoryDepth: 1,
          queueDepth: 1,
          switchTimeS: 1e-6,
          clockRateHz: 1e8,
        },
      },
    });
    const { markup, figures } = renderRunReport(run);
    expect(markup).not.toMatch(/<script|<img|onerror="|onload="/i);
    // Anything that looks like a handler is inside text, never in a tag.
    for (const [tag] of markup.matchAll(/<[a-z][^>]*>/gi))
      expect(tag.replace(/"[^"]*"/g, '""')).not.toMatch(/\son\w+\s*=/i);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: looked for on purpose
    expect(markup).not.toMatch(/[\u0000-\u0008\u001b\u202e]/);
    expectWellFormedSvgs(markup);
    for (const figure of figures) expectWellFormed(renderFigure(figure, WIDE_PX, 'file'));
    const names = svgTexts(renderFigure(planView(run)!, WIDE_PX, 'file')).map(({ text }) => text);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it must stay as it is
    expect(names).toContain("{b} {a|x} ${1} ' onload…");
  });
});
