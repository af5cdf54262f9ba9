import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { variantsOf } from '../../../src/scenario/sweep.js';

const text = `# kept
seed: 4
scheme: dpc
channel: { snr: 20 dB } # of all
users:
  - { id: ada, position: [20 m, 5 m] }
  - { id: bela, position: [9 m, 1 m] }
`;
const variants = (options: Partial<Parameters<typeof variantsOf>[1]>) =>
  variantsOf(text, { set: [], seed: undefined, repeat: 1, ...options });

describe('variantsOf', () => {
  it('is the scenario itself, to the letter, when nothing is set', () => {
    expect(variants({})).toEqual([{ settings: {}, text }]);
  });

  it('sets keys, also of one user, and leaves everything else with its comments', () => {
    const [variant] = variants({ set: ['channel.snr=15 dB', 'users[2].snr=9 dB', 'slots.maxAttempts = 3'] });
    expect(parse(variant!.text)).toEqual({
      ...parse(text),
      channel: { snr: '15 dB' },
      slots: { maxAttempts: 3 },
      users: [parse(text).users[0], { id: 'bela', position: ['9 m', '1 m'], snr: '9 dB' }],
    });
    expect(variant!.text).toContain('# kept');
    expect(variant!.text).toContain('# of all');
    expect(variant!.settings).toEqual({
      ...{ 'channel.snr': '15 dB', 'users[2].snr': '9 dB', 'slots.maxAttempts': '3' },
    });
  });

  it('sweeps a key with several values over all combinations, each repeated with the next seed', () => {
    const settings = variants({
      set: ['channel.snr=0 dB', 'channel.snr=10 dB', 'scheme=exhaustive', 'scheme=far-field-sweep'],
      repeat: 2,
    }).map((variant) => Object.values(variant.settings).join());
    expect(settings).toEqual([
      ...['0 dB,exhaustive,4', '0 dB,exhaustive,5', '0 dB,far-field-sweep,4', '0 dB,far-field-sweep,5'],
      ...['10 dB,exhaustive,4', '10 dB,exhaustive,5', '10 dB,far-field-sweep,4', '10 dB,far-field-sweep,5'],
    ]);
    const seeds = variants({ seed: 7, repeat: 3 }).map((variant) => parse(variant.text).seed);
    expect(seeds).toEqual([7, 8, 9]);
  });

  it.each([
    ['channel.snr', /not a key with its value/],
    ['=3', /not a key with its value/],
    ['channel..snr=3 dB', /no key of a scenario/],
    ['users[3].snr=3 dB', /users is a list of 2 in this scenario/],
    ['users.count=3', /Set it whole: --set users="\{ count: 3 \}"/],
    ['users[0].snr=3 dB', /no key of a scenario/],
    ['scheme.rangeReduction=false', /scheme is one word/],
    ['channel={ snr', /cannot be set/],
  ])('refuses %s', (set, why) => {
    expect(() => variants({ set: [set] })).toThrow(why);
  });

  it('takes the seed that stands for the run, set or not, and leaves one that is none to the reading', () => {
    const seeds = (options: Parameters<typeof variants>[0]) =>
      variants({ repeat: 2, ...options }).map((variant) => parse(variant.text).seed);
    expect(seeds({ set: ['seed=0x10'] })).toEqual([16, 17]);
    expect(seeds({ set: ['seed=9 # nine'] })).toEqual([9, 10]);
    expect(seeds({ set: ['seed=abc'] })).toEqual(['abc']);
    expect(seeds({ set: ['seed="5"'] })).toEqual(['5']);
    expect(() => seeds({ set: ['seed=9'], seed: 7 })).toThrow(/set twice/);
    expect(() => variants({ set: ['seed=9', 'seed=9'] })).toThrow(/given twice/);
  });

  it('refuses settings that take away what other keys refer to', () => {
    const anchored = 'users: [{ id: a, position: &p [2 m, 1 m] }, { id: b, position: *p }]\n';
    const set = (each: string) => variantsOf(anchored, { set: [each], seed: undefined, repeat: 1 });
    expect(() => set('users[1].position=[3 m, 1 m]')).toThrow(
      /users\[1\]\.position.*other keys refer to.*alias/,
    );
    expect(() => set('users[2].position[1]=3 m')).toThrow(/users\[2\]\.position is one word/);
  });

  it('refuses more runs than anybody can mean', () => {
    expect(() => variants({ repeat: 1e6 })).toThrow(/1000000 runs are too many/);
  });
});
