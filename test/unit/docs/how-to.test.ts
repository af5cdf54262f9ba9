/** docs/how-to against the project: files that pages name exist, and their example diffs fit, compile and do what they say. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { encodePayload } from '../../../firmware-protocol/codec.js';
import { encodeFrame } from '../../../firmware-protocol/frame.js';
import type { MessageDefinition } from '../../../firmware-protocol/layout.js';
import { type Changed, diffOf } from '../../fixtures/how-to-diff.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const FOLDER = path.join(ROOT, 'docs/how-to');
const pages = readdirSync(FOLDER).filter((file) => file.endsWith('.md'));
const pageOf = (name: string) => readFileSync(path.join(FOLDER, name), 'utf8');

const { config } = ts.readConfigFile(path.join(ROOT, 'tsconfig.json'), ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, ROOT);
/** Files as they are, read once for all pages. */
const unchanged = new Map<string, ts.SourceFile | undefined>();

/** What the compiler says of these files, with the changes in place. */
function complaints(files: readonly string[], changed: ReadonlyMap<string, Changed>): string[] {
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  const inMemory = (file: string) => changed.get(path.relative(ROOT, file).replaceAll(path.sep, '/'))?.after;
  host.readFile = (file) => inMemory(file) ?? readFile(file);
  host.fileExists = (file) => inMemory(file) !== undefined || fileExists(file);
  host.getSourceFile = (file, language, ...more) => {
    const text = inMemory(file);
    if (text !== undefined) return ts.createSourceFile(file, text, language);
    if (!unchanged.has(file)) unchanged.set(file, getSourceFile(file, language, ...more));
    return unchanged.get(file);
  };
  const roots = files.map((file) => path.join(ROOT, file));
  const program = ts.createProgram(roots, { ...options, noEmit: true }, host);
  return roots.flatMap((root) => {
    const file = program.getSourceFile(root)!;
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      ({ messageText }) =>
        `${path.relative(ROOT, root)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    );
  });
}

describe.each(pages)('%s', (name) => {
  const page = pageOf(name);
  const changed = diffOf(page, ROOT);
  const prose = page.replace(/```[\s\S]*?```/g, '');

  it('names only files and folders that there are', () => {
    const named = [...prose.matchAll(/`((?:[\w.-]+\/)+[\w.-]+)`|\]\((\.\.[^)#]+)/g)].map(([, file, link]) =>
      link === undefined ? path.join(ROOT, file!) : path.join(FOLDER, link),
    );
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((file) => !existsSync(file))).toEqual([]);
  });

  it('names in prose every file that its example changes, or the folder of a new one', () => {
    const named = (file: string) => prose.includes(file) || prose.includes(path.basename(file));
    for (const [file, { before }] of changed) {
      expect(named(before === null ? path.dirname(file) : file), file).toBe(true);
    }
  });

  it('shows an example that fits the files as they are, and compiles', () => {
    const sources = [...changed.keys()].filter((file) => file.endsWith('.ts'));
    if (sources.length === 0) return expect([...changed.keys()]).toEqual([]);
    return expect(complaints(sources, changed)).toEqual([]);
  });
});

describe('a message', () => {
  const changed = diffOf(pageOf('add-a-message.md'), ROOT);
  const carryOut = 'drivers/emulator/firmware/carry-out.ts';
  const without = () => new Map([...changed].filter(([file]) => file !== carryOut));

  it('that the emulated board does not carry out does not compile', () => {
    const said = complaints([carryOut], without());
    expect(said.length).toBeGreaterThan(0);
    expect(said.join('\n')).toMatch(/carry-out\.ts: Property 'Blink' is missing/);
  });

  it('that is answered with what another request declares does not compile', () => {
    const { before, after } = changed.get(carryOut)!;
    const wrong = after.replace(
      'Blink: () => ({ answer: { status: STATUS.ok } })',
      'Blink: () => ({ answer: {} })',
    );
    expect(wrong).not.toBe(after);
    const said = complaints([carryOut], new Map([...changed, [carryOut, { before, after: wrong }]]));
    expect(said.join('\n')).toMatch(/status/);
  });

  it('without a declared response is no request', () => {
    const file = 'firmware-protocol/messages/blink.ts';
    const { after } = changed.get(file)!;
    const mute = new Map([
      ...changed,
      [file, { before: null, after: after.replace('  response: BlinkResult,\n', '') }],
    ]);
    expect(complaints(['firmware-protocol/registry.ts'], mute).join('\n')).toMatch(/'response'/);
  });

  it('has the golden frames that the page shows', () => {
    const { outputText } = ts.transpileModule(changed.get('firmware-protocol/messages/blink.ts')!.after, {
      compilerOptions: { module: ts.ModuleKind.CommonJS },
    });
    const exports: Record<string, MessageDefinition> = {};
    const require = () => ({ defineMessage: (definition: MessageDefinition) => definition });
    new Function('exports', 'require', outputText)(exports, require);
    const vectors = JSON.parse(changed.get('firmware-protocol/vectors/messages.json')!.after) as {
      name: string;
      session: number;
      sequence: number;
      value: never;
      frame: string;
    }[];
    for (const name of ['Blink', 'BlinkResult']) {
      const { session, sequence, value, frame } = vectors.find((vector) => vector.name === name)!;
      const definition = exports[name]!;
      const bytes = encodeFrame({
        type: definition.type,
        session,
        sequence,
        payload: encodePayload(definition, value),
      });
      expect(Buffer.from(bytes).toString('hex').toUpperCase()).toBe(frame.replaceAll(' ', ''));
    }
  });
});
