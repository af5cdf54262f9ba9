/**
 * Tables of a recording (DuckDB file `recording.duckdb` in the run's folder; docs/recording.md describes them).
 *
 * `slots`, `receipts`, `powers` and `estimates` depend on scenario and seed alone when the testbed is emulated on
 * virtual time. `events` and `link_statistics` carry wall-clock time and differ from run to run.
 */
export const RECORDING_SCHEMA_VERSION = 1;

export const CREATE_TABLES = `
CREATE TABLE run (key VARCHAR PRIMARY KEY, value JSON NOT NULL);
CREATE TABLE users (
  ue VARCHAR PRIMARY KEY, x_m DOUBLE, y_m DOUBLE, snr_db DOUBLE,
  best_key VARCHAR, best_angle_rad DOUBLE, best_distance_m DOUBLE
);
CREATE TABLE codewords (key VARCHAR PRIMARY KEY, hash VARCHAR NOT NULL, label JSON NOT NULL, gain_loss_db DOUBLE);
CREATE TABLE slots (
  slot UINTEGER PRIMARY KEY, ue VARCHAR NOT NULL, batch UINTEGER NOT NULL, position UINTEGER NOT NULL,
  attempt UINTEGER NOT NULL, codeword_key VARCHAR NOT NULL, hash VARCHAR NOT NULL, planned_board_time_s DOUBLE NOT NULL
);
CREATE TABLE receipts (
  slot UINTEGER PRIMARY KEY, codeword_index UINTEGER NOT NULL, hash VARCHAR NOT NULL,
  board_time_s DOUBLE NOT NULL, status VARCHAR NOT NULL
);
CREATE TABLE powers (
  slot UINTEGER PRIMARY KEY, ue VARCHAR NOT NULL, sequence UBIGINT NOT NULL, ue_time_s DOUBLE NOT NULL,
  noise_floor DOUBLE NOT NULL, powers FLOAT[] NOT NULL
);
CREATE TABLE estimates (
  ue VARCHAR PRIMARY KEY, scheme VARCHAR NOT NULL, codeword_key VARCHAR NOT NULL, angle_rad DOUBLE NOT NULL,
  distance_m DOUBLE NOT NULL, region_index UINTEGER, num_pilots UINTEGER NOT NULL, last_slot UINTEGER NOT NULL
);
CREATE TABLE events (at TIMESTAMP NOT NULL, kind VARCHAR NOT NULL, detail JSON NOT NULL);
CREATE TABLE link_statistics (at TIMESTAMP NOT NULL, statistics JSON NOT NULL);
`;
