import { type Command, printJson } from '../command.js';
import { SHIPPED_FOLDER, shippedFiles } from '../shipped-files.js';
import { formatTable } from '../text-table.js';

const COLUMNS = ['name', 'carried out by', 'title'];

/** `beamloop scenarios`: what comes with beamloop to be run, and where it is, to be copied. */
export const scenariosCommand: Command = (yargs, { stdout, columns: widthColumns }) =>
  yargs.command(
    'scenarios',
    'List the scenarios and studies that come with beamloop; run and study take their names',
    (builder) => builder.example('$0 scenarios', 'Then `beamloop run first-light`, say, from any folder'),
    ({ json }) => {
      const files = shippedFiles();
      if (json) return printJson(stdout, { folder: SHIPPED_FOLDER, scenarios: files });
      const columns = COLUMNS.map((title) => ({ title, align: 'left' as const }));
      const rows = files.map(({ name, command, title }) => [name, `beamloop ${command}`, title]);
      stdout.write(formatTable({ columns, rows }, widthColumns));
      return void stdout.write(`\nTo copy and change: ${SHIPPED_FOLDER}\n`);
    },
  );
