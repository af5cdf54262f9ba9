/** The script that has a shell ask for completions. */
import yargs from 'yargs';

/** As yargs' scripts ask; the words of the command line follow, the program first. */
export const ASKED = '--get-yargs-completions';
export const PROGRAM = 'beamloop';

export const SHELLS = ['bash', 'zsh'] as const;
type Shell = (typeof SHELLS)[number];

/** yargs' types do not know what it takes. */
interface ScriptPrinter {
  showCompletionScript(program: string, command: string): void;
}

/** The script of yargs for a shell; it tells the program which shell asks. */
export function completionScript(shell: Shell): string {
  const { SHELL, ZSH_NAME } = process.env;
  // yargs goes by the shell that it runs in.
  process.env.SHELL = shell;
  delete process.env.ZSH_NAME;
  const { log } = console;
  let script = '';
  console.log = (text: string) => {
    script += `${text}\n`;
  };
  try {
    (yargs([]) as unknown as ScriptPrinter).showCompletionScript(PROGRAM, `completion ${shell}`);
  } finally {
    console.log = log;
    restore('SHELL', SHELL);
    restore('ZSH_NAME', ZSH_NAME);
  }
  return script.replaceAll(`${PROGRAM} ${ASKED}`, `SHELL=${shell} ${PROGRAM} ${ASKED}`);
}

function restore(variable: 'SHELL' | 'ZSH_NAME', value: string | undefined): void {
  if (value === undefined) delete process.env[variable];
  else process.env[variable] = value;
}
