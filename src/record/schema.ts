/**
 * Tables of a recording (DuckDB file `recording.duckdb` in the run's folder; docs/recording.md describes them).
 * Each table is declared once, as data; the SQL, the row types, the writer and the readers follow from it.
 *
 * All tables but `events` and `link_statistics` depend on scenario and seed alone when the testbed is emulated on
 * virtual time. Those two carry wall-clock time and differ from run to run.
 */
export const RECORDING_SCHEMA_VERSION = 7;
/**
 * Recordings from this version on can be read, and gone on with: tables and columns that came later are empty in them, or
 * hold what `IN_OLDER` says.
 */
export const OLDEST_SCHEMA_VERSION = 2;

/** What a column holds, as DuckDB and as TypeScript. A trailing `?` marks a column that may be null. */
interface ColumnValues {
  UINTEGER: number;
  /** Integers up to 2^53. */
  UBIGINT: number;
  DOUBLE: number;
  VARCHAR: string;
  /** Anything that JSON can say. */
  JSON: unknown;
  TIMESTAMP: Date;
  'FLOAT[]': Float32Array;
}
type ColumnType = keyof ColumnValues | `${keyof ColumnValues}?`;
type ValueOf<T extends ColumnType> = T extends keyof ColumnValues
  ? ColumnValues[T]
  : T extends `${infer Base extends keyof ColumnValues}?`
    ? ColumnValues[Base] | null
    : never;

interface Table {
  /** Column by its TypeScript name; the SQL name is the same in snake_case. */
  readonly columns: Readonly<Record<string, ColumnType>>;
  readonly primaryKey?: readonly string[];
  /** The order in which rows are read and exported. */
  readonly orderBy: readonly string[];
}

const TABLES = {
  /** Scenario text, resolved scenario, seed, versions, board: one row each. */
  run: { columns: { key: 'VARCHAR', value: 'JSON' }, primaryKey: ['key'], orderBy: ['key'] },
  /** True positions and the noise-free best codeword; null where nobody knows them (UEs on real hardware). */
  users: {
    columns: {
      ue: 'VARCHAR',
      /** Place in the campaign, from 0. */
      turn: 'UINTEGER',
      xM: 'DOUBLE?',
      yM: 'DOUBLE?',
      /** Null at the height of a linear array; versions below 7 lack it. */
      zM: 'DOUBLE?',
      snrDb: 'DOUBLE?',
      bestKey: 'VARCHAR?',
      bestAngleRad: 'DOUBLE?',
      /** Of a planar array, in its own frame like the angle; versions below 7 lack it. */
      bestElevationRad: 'DOUBLE?',
      bestDistanceM: 'DOUBLE?',
    },
    primaryKey: ['ue'],
    orderBy: ['turn'],
  },
  codewords: {
    columns: { key: 'VARCHAR', hash: 'VARCHAR', label: 'JSON', gainLossDb: 'DOUBLE?' },
    primaryKey: ['key'],
    orderBy: ['key'],
  },
  /** What the board was told for a codeword, by its content hash; version 2 has no such table. Shape [numElements] each. */
  element_settings: {
    columns: {
      hash: 'VARCHAR',
      phaseRad: 'FLOAT[]',
      /** Adjustable delay and fixed line together; null on boards without delays. */
      delayS: 'FLOAT[]?',
      /** From 0 to 1, of the most that an element radiates; null when all radiate fully. */
      amplitude: 'FLOAT[]?',
    },
    primaryKey: ['hash'],
    orderBy: ['hash'],
  },
  /**
   * Every pilot that was given a slot, once per UE that listens in it. `attempt` counts from 1; a pilot whose slot was missed
   * comes again.
   */
  slots: {
    columns: {
      slot: 'UINTEGER',
      ue: 'VARCHAR',
      /** Who asked for the pilot; batches are counted per sounding. The training of a user has the user's id. */
      sounding: 'VARCHAR',
      batch: 'UINTEGER',
      position: 'UINTEGER',
      attempt: 'UINTEGER',
      codewordKey: 'VARCHAR',
      hash: 'VARCHAR',
      plannedBoardTimeS: 'DOUBLE',
    },
    primaryKey: ['slot', 'ue'],
    orderBy: ['slot', 'ue'],
  },
  receipts: {
    columns: {
      slot: 'UINTEGER',
      /** Place of the board in the array, from 0. */
      board: 'UINTEGER',
      codewordIndex: 'UINTEGER',
      hash: 'VARCHAR',
      boardTimeS: 'DOUBLE',
      status: 'VARCHAR',
    },
    primaryKey: ['slot', 'board'],
    orderBy: ['slot', 'board'],
  },
  powers: {
    columns: {
      slot: 'UINTEGER',
      ue: 'VARCHAR',
      sequence: 'UBIGINT',
      ueTimeS: 'DOUBLE',
      noiseFloor: 'DOUBLE',
      powers: 'FLOAT[]',
    },
    primaryKey: ['slot', 'ue'],
    orderBy: ['slot', 'ue'],
  },
  /** What UEs estimated from powers that they kept. */
  local_estimates: {
    columns: {
      ue: 'VARCHAR',
      sounding: 'VARCHAR',
      batch: 'UINTEGER',
      sinAngle: 'DOUBLE',
      ringPerM: 'DOUBLE',
    },
    orderBy: ['ue', 'sounding', 'batch'],
  },
  estimates: {
    columns: {
      ue: 'VARCHAR',
      /** Counts from 0: training, then one per time that a tracker estimates. */
      epoch: 'UINTEGER',
      scheme: 'VARCHAR',
      codewordKey: 'VARCHAR',
      /** From broadside. */
      angleRad: 'DOUBLE',
      /** Of a planar array, in its own frame like the angle; versions below 7 lack it. */
      elevationRad: 'DOUBLE?',
      /** Infinity on the far-field ring. */
      distanceM: 'DOUBLE',
      regionIndex: 'UINTEGER?',
      /** Of the scheme; those of checks are the other pilots in `slots`. */
      numPilots: 'UINTEGER',
      lastSlot: 'UINTEGER?',
      /** bit/s/Hz when served by the estimate: ideally, by the board, and with perfect knowledge of the channel. */
      rate: 'DOUBLE?',
      boardRate: 'DOUBLE?',
      perfectRate: 'DOUBLE?',
      /** How well it is borne out (src/training/evidence.ts); version 2 lacks these three. */
      peakOverNoiseDb: 'DOUBLE?',
      peakOverRunnerUpDb: 'DOUBLE?',
      likeness: 'DOUBLE?',
    },
    primaryKey: ['ue', 'epoch'],
    orderBy: ['ue', 'epoch'],
  },
  /** Where received power is lost on the way from the best beam to the board's, dB; versions below 4 have no such table. */
  losses: {
    columns: {
      ue: 'VARCHAR',
      epoch: 'UINTEGER',
      focusingDb: 'DOUBLE?',
      codebookDb: 'DOUBLE?',
      estimationDb: 'DOUBLE?',
      quantisationDb: 'DOUBLE?',
      hardwareDb: 'DOUBLE?',
      /**
       * bit/s/Hz by a beam that is focused on the user, by the codebook's best beam, and by the board's codes without errors; the
       * others are in `estimates`.
       */
      focusedRate: 'DOUBLE?',
      bestRate: 'DOUBLE?',
      quantisedRate: 'DOUBLE?',
    },
    primaryKey: ['ue', 'epoch'],
    orderBy: ['ue', 'epoch'],
  },
  /** Where users truly were as time went on, of those that move; `users` says where they began. */
  positions: {
    columns: { ue: 'VARCHAR', boardTimeS: 'DOUBLE', xM: 'DOUBLE', yM: 'DOUBLE' },
    primaryKey: ['ue', 'boardTimeS'],
    orderBy: ['ue', 'boardTimeS'],
  },
  /** What sensors beside the radio (a camera, positioning) told of a user. */
  sensor_reports: {
    columns: {
      ue: 'VARCHAR',
      sensor: 'VARCHAR',
      boardTimeS: 'DOUBLE',
      report: 'JSON',
      /** In which it came, before the next one's beams were chosen; null where nobody tracks. */
      epoch: 'UINTEGER?',
    },
    primaryKey: ['ue', 'sensor', 'boardTimeS'],
    orderBy: ['ue', 'sensor', 'boardTimeS'],
  },
  /** How each tracked user was served, and what came of it; versions below 6 have no such table, nor the next. */
  epochs: {
    columns: {
      /** Counts from 0; epochs that could not be begun in time are left out. */
      epoch: 'UINTEGER',
      ue: 'VARCHAR',
      /** When the epoch's first slot began, and which it was. */
      boardTimeS: 'DOUBLE',
      firstSlot: 'UINTEGER',
      /** `sought`, `tracked`, `lost` or `given up`. */
      state: 'VARCHAR',
      /** Of the beam that served it; null before the user was found. */
      servedKey: 'VARCHAR?',
      numServingSlots: 'UINTEGER',
      /** Of the tracker's first choice, which need not have served; null where it said nothing. */
      confidence: 'DOUBLE?',
      /** Keys, as a JSON list. */
      probes: 'JSON',
      numTrainingPilots: 'UINTEGER',
      /** Of the serving slots, linear, mean; null when none was measured. */
      power: 'DOUBLE?',
      /** Found by the scheme just before this epoch: the tracker's codeword there, and the place. */
      foundKey: 'VARCHAR?',
      foundXM: 'DOUBLE?',
      foundYM: 'DOUBLE?',
      /** The best codeword of the moment and what the serving one brings against it; null where nobody knows the truth. */
      bestKey: 'VARCHAR?',
      gain: 'DOUBLE?',
    },
    primaryKey: ['epoch', 'ue'],
    orderBy: ['epoch', 'ue'],
  },
  /** What the tracker foretold for an epoch: its first choices. */
  predictions: {
    columns: {
      epoch: 'UINTEGER',
      ue: 'VARCHAR',
      /** From 1, most likely first. */
      rank: 'UINTEGER',
      codewordKey: 'VARCHAR',
      probability: 'DOUBLE',
    },
    primaryKey: ['epoch', 'ue', 'rank'],
    orderBy: ['epoch', 'ue', 'rank'],
  },
  events: { columns: { wallTime: 'TIMESTAMP', kind: 'VARCHAR', detail: 'JSON' }, orderBy: ['wallTime'] },
  link_statistics: { columns: { wallTime: 'TIMESTAMP', statistics: 'JSON' }, orderBy: ['wallTime'] },
} as const satisfies Record<string, Table>;

export type TableName = keyof typeof TABLES;
export const TABLE_NAMES = Object.keys(TABLES) as TableName[];

/** What columns that came later hold in the rows of an older recording, as SQL; others are null there. */
const IN_OLDER: Partial<Record<TableName, Readonly<Record<string, string>>>> = {
  slots: { sounding: 'ue' },
  local_estimates: { sounding: 'ue' },
  receipts: { board: '0' },
  estimates: { epoch: '0' },
  losses: { epoch: '0' },
};

/** One row of a table, e.g. `Row<'slots'>`. */
export type Row<N extends TableName> = {
  readonly [C in keyof (typeof TABLES)[N]['columns']]: (typeof TABLES)[N]['columns'][C] extends infer T extends
    ColumnType
    ? ValueOf<T>
    : never;
};

export interface Column {
  /** Name in TypeScript. */
  readonly name: string;
  readonly sqlName: string;
  readonly sqlType: keyof ColumnValues;
  readonly nullable: boolean;
}

export function columnsOf(table: TableName): Column[] {
  return Object.entries(TABLES[table].columns as Record<string, ColumnType>).map(([name, type]) => ({
    name,
    sqlName: sqlName(name),
    sqlType: type.replace('?', '') as keyof ColumnValues,
    nullable: type.endsWith('?'),
  }));
}

/** SELECT with the columns under their TypeScript names, in the table's order. */
export function selectSql(table: TableName, where = ''): string {
  const columns = columnsOf(table).map(({ name, sqlName }) => `${sqlName} AS "${name}"`);
  return `SELECT ${columns.join(', ')} FROM ${table} ${where} ${orderSql(table)}`;
}

/**
 * SELECT of an older recording's table that gives the columns of this version, in their order; null when a column is
 * missing that such a recording cannot be without.
 *
 * @param from the table's name in the file.
 * @param found the columns that it has.
 */
export function selectOlderSql(table: TableName, from: string, found: ReadonlySet<string>): string | null {
  const columns = columnsOf(table).map(({ name, sqlName, sqlType, nullable }) => {
    if (found.has(sqlName)) return sqlName;
    const older = IN_OLDER[table]?.[name] ?? (nullable ? `CAST(NULL AS ${sqlType})` : null);
    return older && `${older} AS ${sqlName}`;
  });
  return columns.includes(null) ? null : `SELECT ${columns.join(', ')} FROM ${from}`;
}

function orderSql(table: TableName): string {
  return `ORDER BY ${TABLES[table].orderBy.map(sqlName).join(', ')}`;
}

/** @param kind `TABLE`, or `TEMP TABLE`, which no file keeps. */
export function createTablesSql(
  tables: readonly TableName[] = TABLE_NAMES,
  kind: 'TABLE' | 'TEMP TABLE' = 'TABLE',
): string {
  return tables
    .map((table) => {
      const declared: Table = TABLES[table];
      return createTableSql(table, columnsOf(table), declared.primaryKey, kind);
    })
    .join('\n');
}

export function createTableSql(
  table: string,
  columns: readonly Column[],
  primaryKey: readonly string[] = [],
  kind: 'TABLE' | 'TEMP TABLE' = 'TABLE',
): string {
  const lines = columns.map((c) => `${c.sqlName} ${c.sqlType}${c.nullable ? '' : ' NOT NULL'}`);
  if (primaryKey.length > 0) lines.push(`PRIMARY KEY (${primaryKey.map(sqlName).join(', ')})`);
  return `CREATE ${kind} ${table} (${lines.join(', ')});`;
}

/** `plannedBoardTimeS` → `planned_board_time_s`. */
function sqlName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
