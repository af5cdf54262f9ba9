/** The text of a starter scenario: what its answers say, with a comment on what to change next. */
import { LinearArray } from '../../array/linear-array.js';
import { rayleighDistanceM } from '../../array/near-field.js';
import { formatQuantity } from '../../core/units.js';
import { yaml } from '../../core/yaml.js';
import { isOfBand, type StarterAnswers } from './starter-answers.js';

/** Of the adjustable delays of an emulated board; the range follows from what pilots need. */
const DELAY_BITS = 16;
/** What a range has to spare. */
const SPARE = 1.05;
/** Shares of the Rayleigh distance between which users of wideband starters are. */
const SECTOR = [1 / 64, 1 / 11] as const;
const SUBCARRIERS = { 'split beams': 1024, band: 64 } as const;

/**
 * @param delaySpanS delays that the pilots need of an emulated board, s; 0: none.
 * @returns YAML, by the schema of scenarios.
 */
export function starterScenario(answers: StarterAnswers, delaySpanS: number): string {
  const { scheme, carrierHz, numUsers } = answers;
  const emulated = answers.port === 'emulated';
  return `# A starter scenario, to be changed: docs/scenario.md of beamloop has every key, docs/schemes.md the schemes and their options.
title: ${scheme.title}, ${formatQuantity(carrierHz, 'Hz')}
seed: 1 # of everything random: paths, noise, impairments

array:
${arrayLines(answers).map(indented).join('')}
board:
${boardLines(answers, delaySpanS).map(indented).join('')}
slots:
  duration: 125 us # of one pilot
  turnaround: 2 ms # from the last power of a batch until what comes next is sent

scheme: ${scheme.name} # or a map with options: { name: ${scheme.name}, … }
${
  emulated
    ? `
channel: # of every emulated user
${channelLines(answers).map(indented).join('')}
users: { count: ${numUsers} } # drawn; or a list: - { id: ada, position: { distance: 20 m, angle: -10 deg } }
`
    : `
bridge: # UEs connect here and report what they receive: docs/ue-protocol.md
  host: 127.0.0.1 # any other address needs a token
  port: 8765
  # token: a-long-random-secret

users: # by the ids with which their UEs connect
${Array.from({ length: numUsers }, (_, k) => `  - { id: ue${k + 1} }\n`).join('')}`
}`;
}

function arrayLines(answers: StarterAnswers): string[] {
  const { array, carrierHz, bandwidthHz, scheme } = answers;
  const shape =
    'elements' in array
      ? [`elements: ${array.elements} # half a wavelength apart, on the y axis`]
      : [`rows: ${array.rows}`, `columns: ${array.columns} # half a wavelength apart; it looks along x`];
  const lines = [...shape, `carrier: ${formatQuantity(carrierHz, 'Hz')}`];
  if (bandwidthHz === null || !('elements' in array)) return lines;
  const rayleighM = rayleighDistanceM(new LinearArray({ numElements: array.elements, carrierHz }));
  const [nearM, farM] = SECTOR.map((share) => Number((share * rayleighM).toPrecision(2)));
  return [
    ...lines,
    `bandwidth: ${formatQuantity(bandwidthHz, 'Hz')}`,
    `subcarriers: ${SUBCARRIERS[scheme.needs as keyof typeof SUBCARRIERS]}`,
    `sector: { angle: 60 deg, distance: [${nearM} m, ${farM} m] } # where users can be: within +-angle, from near to far`,
  ];
}

function boardLines({ port, scheme }: StarterAnswers, delaySpanS: number): string[] {
  const delays = delaySpanS > 0;
  const model = [
    'phaseBits: 6',
    ...(delays
      ? [
          `delayBits: ${DELAY_BITS}`,
          `delayLsb: ${(1e12 * delayLsbS(delaySpanS)).toPrecision(2)} ps # reaches ${formatQuantity(Number(delaySpanS.toPrecision(2)), 's')}, which the pilots of ${scheme.name} need`,
        ]
      : []),
  ];
  if (port !== 'emulated') {
    return [
      `port: ${yaml().stringify(port).trim()}`,
      'baud: 3e6',
      '# calibration: table.yaml # which beamloop calibrate makes',
      'emulated: # what a dry run takes the board for; the real one says itself what it is',
      ...model.map((line) => `  ${line}`),
    ];
  }
  return [
    'port: emulated # or /dev/ttyUSB0, usb:0403:6014, tcp:10.0.0.7:4001: see beamloop ports',
    'baud: 3e6',
    'emulated:',
    ...model.map((line) => `  ${line}`),
  ];
}

/** Rounded up to two digits. */
function delayLsbS(delaySpanS: number): number {
  const lsbPs = (1e12 * SPARE * delaySpanS) / (2 ** DELAY_BITS - 1);
  const step = 10 ** (Math.floor(Math.log10(lsbPs)) - 1);
  return (Math.ceil(lsbPs / step) * step) / 1e12;
}

function channelLines({ scheme }: StarterAnswers): string[] {
  return isOfBand(scheme)
    ? ['beamformedSnr: 20 dB # what a perfectly focused beam receives over the noise', 'scatterers: 0']
    : [
        'snr: 20 dB # of a pilot of unit norm; a focused beam has the gain of the array on top',
        'ricianFactor: 13 dB # line of sight over everything else',
        'scatterers: 5',
      ];
}

function indented(line: string): string {
  return `  ${line}\n`;
}
