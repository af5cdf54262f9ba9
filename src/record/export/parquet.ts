import { duckdb } from '../duckdb.js';
import { libraryPath } from '../library-path.js';
import { RowCollector } from '../plain-rows.js';
import { RowAppender } from '../row-appender.js';
import { createTableSql } from '../schema.js';
import type { CollectedTable } from './collected-table.js';

/** Writes a table as Parquet. The same rows give the same file byte for byte. */
export async function writeParquet(
  file: string,
  { name, columns, rows }: CollectedTable,
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  const instance = await duckdb().DuckDBInstance.create(':memory:', { threads: '1' });
  try {
    const connection = await instance.connect();
    await connection.run(createTableSql(name, columns));
    const appender = await RowAppender.open(connection, { [name]: columns });
    const collector = new RowCollector(name, columns);
    for (const row of rows) collector.append(row);
    appender.append(collector.take());
    appender.flush();
    appender.close();
    const entries = Object.entries(metadata).map(([key, value]) => `${key}: ${quoted(value)}`);
    await connection.run(
      `COPY ${name} TO ${quoted(libraryPath(file))} (FORMAT PARQUET, COMPRESSION ZSTD, KV_METADATA {${entries.join(', ')}})`,
    );
    connection.closeSync();
  } finally {
    instance.closeSync();
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
