import { type Command, printJson } from '../command.js';
import { completionScript, SHELLS } from '../completion-script.js';

/** `beamloop completion bash|zsh`: prints the script with which a shell completes beamloop's words. */
export const completionCommand: Command = (yargs, { stdout }) =>
  yargs.command(
    'completion <shell>',
    'Print the script with which a shell completes commands, options, scenarios and recordings',
    (builder) =>
      builder
        .positional('shell', { choices: SHELLS, demandOption: true, describe: 'Which shell' })
        .example('$0 completion bash >> ~/.bashrc', 'From the next shell on; of zsh into ~/.zshrc')
        .example('source <($0 completion bash)', 'In this shell'),
    ({ shell, json }) => {
      const script = completionScript(shell);
      if (json) return printJson(stdout, { shell, script });
      return void stdout.write(script);
    },
  );
