/**
 * Rows of a table on their way to another thread. To copy an object for each row, and a buffer for each list in it, takes longer than
 * all else that is done to record them; so all numbers of the rows are in one buffer, all lists in another.
 */
import { type Column, columnsOf, type TableName } from './schema.js';

export interface PlainRows {
  readonly table: TableName;
  readonly numRows: number;
  /** Values of the columns that hold a number in every row (times as ms since 1970), shape [numRows][numColumns]. */
  readonly numbers: Float64Array;
  /** Those of the columns that hold anything else but lists, shape [numRows][numColumns]; JSON as text. */
  readonly others: readonly OtherValue[];
  /** Those of the columns that hold lists, shape [numRows][numColumns]: how many values each has, -1 for null, and the values. */
  readonly lengths: Int32Array;
  readonly values: Float32Array;
}

export type OtherValue = string | number | null;
export type ColumnKind = 'number' | 'list' | 'other';

export function kindOf({ sqlType, nullable }: Column): ColumnKind {
  if (sqlType === 'FLOAT[]') return 'list';
  return nullable || sqlType === 'VARCHAR' || sqlType === 'JSON' ? 'other' : 'number';
}

/** Typed arrays are written like others; by themselves they would come out as objects. */
function plainArrays(_key: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value;
}

/** Rows of one table, until they are taken. */
export class RowCollector {
  readonly #table: TableName;
  readonly #columns: Readonly<Record<ColumnKind, readonly Column[]>>;
  #numRows = 0;
  #numbers = new Float64Array(64);
  #others: OtherValue[] = [];
  #lengths: number[] = [];
  #values = new Float32Array(64);
  #numValues = 0;

  /** @param columns in the order in which they are written. */
  constructor(table: TableName, columns: readonly Column[] = columnsOf(table)) {
    const of = (kind: ColumnKind) => columns.filter((column) => kindOf(column) === kind);
    this.#table = table;
    this.#columns = { number: of('number'), other: of('other'), list: of('list') };
  }

  get numRows(): number {
    return this.#numRows;
  }

  /** @throws TypeError for what the table does not hold; the row is then left out. */
  append(row: Readonly<Record<string, unknown>>): void {
    const { number, other, list } = this.#columns;
    const numValues = this.#numValues;
    try {
      for (const column of other) this.#others.push(otherValue(row[column.name], column));
      for (const [k, column] of number.entries()) this.#number(k, row[column.name], column);
      for (const { name } of list) this.#list(row[name] as Float32Array | null);
      this.#numRows++;
    } catch (error) {
      this.#others.length = this.#numRows * other.length;
      this.#lengths.length = this.#numRows * list.length;
      this.#numValues = numValues;
      throw error;
    }
  }

  /** What was appended since it was last asked for. */
  take(): PlainRows {
    const rows = {
      table: this.#table,
      numRows: this.#numRows,
      numbers: this.#numbers.subarray(0, this.#numRows * this.#columns.number.length),
      others: this.#others,
      lengths: Int32Array.from(this.#lengths),
      values: this.#values.subarray(0, this.#numValues),
    };
    this.#numRows = 0;
    this.#numbers = new Float64Array(this.#numbers.length);
    this.#others = [];
    this.#lengths = [];
    this.#values = new Float32Array(this.#values.length);
    this.#numValues = 0;
    return rows;
  }

  #number(k: number, value: unknown, { name, sqlType }: Column): void {
    const number = sqlType === 'TIMESTAMP' ? (value as Date).getTime() : value;
    // A buffer would take anything for some number.
    if (typeof number !== 'number') throw new TypeError(`${this.#table}.${name} must be a number: ${value}`);
    const at = this.#numRows * this.#columns.number.length + k;
    if (at === this.#numbers.length) {
      const larger = new Float64Array(2 * at);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[at] = number;
  }

  #list(list: Float32Array | null): void {
    const end = this.#numValues + (list?.length ?? 0);
    if (end > this.#values.length) {
      const larger = new Float32Array(Math.max(end, 2 * this.#values.length));
      larger.set(this.#values.subarray(0, this.#numValues));
      this.#values = larger;
    }
    if (list !== null) this.#values.set(list, this.#numValues);
    this.#lengths.push(list?.length ?? -1);
    this.#numValues = end;
  }
}

function otherValue(value: unknown, { sqlType, nullable }: Column): OtherValue {
  if (value === null && nullable) return null;
  if (sqlType === 'JSON') return JSON.stringify(value, plainArrays);
  return sqlType === 'TIMESTAMP' ? (value as Date).getTime() : (value as OtherValue);
}

/** The buffers of rows, which can be handed over instead of being copied. */
export function buffersOf({ numbers, lengths, values }: PlainRows): ArrayBuffer[] {
  return [numbers.buffer, lengths.buffer, values.buffer] as ArrayBuffer[];
}
