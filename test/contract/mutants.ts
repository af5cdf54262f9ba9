/**
 * Boards that break one rule: the emulated board, made from its sources with a piece of text replaced. Nothing in the
 * emulator knows of it.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import type { EmulatedBoard } from '../../drivers/emulator/emulated-board.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BOARD = 'drivers/emulator/emulated-board.ts';
const requireOutside = createRequire(import.meta.url);

export interface Change {
  /** Path from the root of the project. */
  readonly file: string;
  /** It must be there exactly once. */
  readonly from: string;
  readonly to: string;
}

type Exports = Record<string, unknown>;
type Body = (exports: Exports, require: (specifier: string) => unknown) => void;

const unchanged = new Map<string, Body>();

/** The class of a board whose sources have these changes. */
export function mutatedBoard(changes: readonly Change[]): typeof EmulatedBoard {
  const loaded = new Map<string, Exports>();
  const load = (file: string): Exports => {
    const known = loaded.get(file);
    if (known !== undefined) return known;
    const exports: Exports = {};
    loaded.set(file, exports);
    bodyOf(file, changes)(exports, (specifier) =>
      specifier.startsWith('.')
        ? load(path.join(path.dirname(file), specifier).replace(/\.js$/, '.ts'))
        : requireOutside(specifier),
    );
    return exports;
  };
  return load(BOARD).EmulatedBoard as typeof EmulatedBoard;
}

function bodyOf(file: string, changes: readonly Change[]): Body {
  const own = changes.filter((change) => change.file === file);
  if (own.length > 0) return compiled(file, own.reduce(changed, sourceOf(file)));
  const body = unchanged.get(file) ?? compiled(file, sourceOf(file));
  unchanged.set(file, body);
  return body;
}

function sourceOf(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

function changed(source: string, { file, from, to }: Change): string {
  if (source.split(from).length !== 2) throw new Error(`${file} does not have exactly once: ${from}`);
  return source.replace(from, () => to);
}

function compiled(file: string, source: string): Body {
  const { outputText } = ts.transpileModule(source, {
    fileName: file,
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  return new Function('exports', 'require', outputText) as Body;
}
