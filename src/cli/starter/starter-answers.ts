/** What a starter scenario is made from, and how each answer is read: the same for options and for questions. */
import { BANDWIDTH, CARRIER } from '../../core/bounds.js';
import { BeamloopError } from '../../core/errors.js';
import { nearest } from '../../core/nearest.js';
import type { SchemeDefinition } from '../../training/scheme-definition.js';
import { BUILT_IN_SCHEMES } from '../../training/schemes/list.js';
import { boundedOption, wholeOption } from '../options.js';

/** Of a plane rows and columns, else elements in a line. */
export type StarterArray =
  | { readonly elements: number }
  | { readonly rows: number; readonly columns: number };

export interface StarterAnswers {
  readonly scheme: SchemeDefinition;
  readonly array: StarterArray;
  readonly carrierHz: number;
  /** Null for schemes that decide by what is received at the carrier. */
  readonly bandwidthHz: number | null;
  /** `emulated`, or a port. */
  readonly port: string;
  readonly numUsers: number;
}

/** As options and questions have them. */
export interface WrittenAnswers {
  readonly scheme: string;
  readonly elements: string;
  readonly carrier: string;
  readonly bandwidth: string;
  readonly port: string;
  readonly users: string;
}

export type AnswerName = keyof WrittenAnswers;

/** Wider than anybody lists by hand; `users: { count }` takes more. */
const MOST_USERS = 1000;
const MOST_ELEMENTS = 65_535;

export function isOfBand({ needs }: SchemeDefinition): boolean {
  return needs === 'band' || needs === 'split beams';
}

/** What is taken where nobody says otherwise. */
export function defaultAnswer(name: AnswerName, scheme: SchemeDefinition): string {
  switch (name) {
    case 'scheme':
      return 'dpc';
    case 'elements':
      return scheme.needs === 'planar array' ? '8x8' : '256';
    case 'carrier':
      return isOfBand(scheme) ? '30 GHz' : '28 GHz';
    case 'bandwidth':
      return '5 GHz';
    case 'port':
      return 'emulated';
    case 'users':
      return '3';
  }
}

/** @throws BAD_ARGUMENT for a scheme that does not come with beamloop, or needs more than a starter has. */
export function readScheme(text: string): SchemeDefinition {
  const found = BUILT_IN_SCHEMES.find(({ name }) => name === text.trim());
  if (found !== undefined) return found;
  const names = BUILT_IN_SCHEMES.map(({ name }) => name);
  const guess = nearest(text, names);
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `A starter scenario cannot have the scheme '${text}'`,
    where: '--scheme',
    todo: `${guess === undefined ? '' : `Did you mean '${guess}'? `}It may be ${names.join(', ')}; others are set in the file`,
  });
}

/** `256`, or `8x8` (rows, columns) for schemes of planar arrays. Throws BAD_ARGUMENT, BAD_UNIT. */
export function readArray(text: string, { name, needs }: SchemeDefinition): StarterArray {
  const plane = /^\s*(\d+)\s*[x×*]\s*(\d+)\s*$/i.exec(text);
  if ((plane !== null) !== (needs === 'planar array')) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what:
        plane === null
          ? `Scheme ${name} is for planar arrays, and '${text}' says no rows and columns`
          : `Scheme ${name} is for linear arrays, and '${text}' is a planar one`,
      where: '--elements',
      todo: plane === null ? 'Give rows and columns, such as 8x8' : 'Give a number of elements, such as 256',
    });
  }
  if (plane === null) return { elements: wholeOption('elements', text, 2, MOST_ELEMENTS) };
  const [rows, columns] = [plane[1]!, plane[2]!].map((count) =>
    wholeOption('elements', count, 2, MOST_ELEMENTS),
  );
  return { rows: rows!, columns: columns! };
}

export const readCarrier = (text: string) => boundedOption('carrier', text, CARRIER);
export const readBandwidth = (text: string) => boundedOption('bandwidth', text, BANDWIDTH);
export const readNumUsers = (text: string) => wholeOption('users', text, 1, MOST_USERS);

/** All of them. Throws BAD_ARGUMENT and BAD_UNIT, naming the option. */
export function readAnswers(written: Partial<WrittenAnswers>): StarterAnswers {
  const scheme = readScheme(written.scheme ?? 'dpc');
  if (written.bandwidth !== undefined && !isOfBand(scheme)) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `Scheme ${scheme.name} decides by what is received at the carrier; a starter with it has no bandwidth`,
      where: '--bandwidth',
      todo: 'Leave it out',
    });
  }
  const given = (name: AnswerName) => written[name] ?? defaultAnswer(name, scheme);
  return {
    scheme,
    array: readArray(given('elements'), scheme),
    carrierHz: readCarrier(given('carrier')),
    bandwidthHz: isOfBand(scheme) ? readBandwidth(given('bandwidth')) : null,
    port: given('port').trim(),
    numUsers: readNumUsers(given('users')),
  };
}
