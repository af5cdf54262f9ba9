/** A table of one recording or of several, column by column, as other programs are to find it. */
import type { Recording } from '../recording.js';
import { type Column, columnsOf, type Row, type TableName } from '../schema.js';

export interface Selection {
  /** All of them unless given. */
  readonly tables?: readonly TableName[];
  /** Rows of these users only, in tables that know users; all rows unless given. */
  readonly users?: readonly string[];
}

export interface CollectedTable {
  readonly name: TableName;
  readonly columns: readonly Column[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** Says of which recording a row is, where several are exported at once: its folder's name. */
const RECORDING_COLUMN: Column = {
  name: 'recording',
  sqlName: 'recording',
  sqlType: 'VARCHAR',
  nullable: false,
};

/** Reads one table of all recordings, in their order and in the table's own. */
export async function collectTable(
  recordings: readonly { readonly name: string; readonly recording: Recording }[],
  name: TableName,
  { users }: Selection,
): Promise<CollectedTable> {
  const own = columnsOf(name);
  const several = recordings.length > 1;
  const rows: Record<string, unknown>[] = [];
  for (const { name: recordingName, recording } of recordings) {
    for (const row of await selected(recording, name, users)) {
      rows.push(several ? { recording: recordingName, ...row } : row);
    }
  }
  return { name, columns: several ? [RECORDING_COLUMN, ...own] : own, rows };
}

/** Receipts know slots, and slots know users. */
async function selected<N extends TableName>(
  recording: Recording,
  table: N,
  users: readonly string[] | undefined,
): Promise<Row<N>[]> {
  if (users === undefined) return recording.rows(table);
  const list = users.map((user) => `'${user.replaceAll("'", "''")}'`).join(', ');
  if (columnsOf(table).some(({ name }) => name === 'ue'))
    return recording.rows(table, `WHERE ue IN (${list})`);
  if (table !== 'receipts') return recording.rows(table);
  return recording.rows(table, `WHERE slot IN (SELECT slot FROM slots WHERE ue IN (${list}))`);
}
