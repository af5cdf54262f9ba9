/** Several boards as one array: what a scenario says about each of them. */
import { z } from 'zod';

const MOST_BOARDS = 64;
const TOO_MANY = `must not be more than ${MOST_BOARDS} boards`;

const tile = z.strictObject({
  /** As docs/ports.md names it; of an emulated board left out. */
  port: z.string().min(1).optional(),
  /** How many, of those that no board lists; or which, from 1, in the board's order. An equal share unless given. */
  elements: z.union([z.int().min(1), z.array(z.int().min(1)).nonempty()]).optional(),
  /** Built in the other way round: the board's first element is the last of its places. */
  reversed: z.boolean().default(false),
});

/** So many boards alike, or each of them in turn. */
export const tilesSchema = z.union([
  z
    .int()
    .min(2)
    .max(MOST_BOARDS, TOO_MANY)
    .transform((count) => Array.from({ length: count }, () => tile.parse({}))),
  z.array(tile).min(2, 'must list at least two boards').max(MOST_BOARDS, TOO_MANY),
]);

export type TileSection = z.output<typeof tile>;

interface Ports {
  readonly port: string;
  readonly tiles?: readonly TileSection[] | undefined;
  readonly alignment?: number | undefined;
}

/** Of several boards each has a port, or all are emulated. */
export function portsOfTiles({ port, tiles, alignment }: Ports, context: z.core.$RefinementCtx): void {
  const refuse = (path: (string | number)[], message: string, todo: string) =>
    context.addIssue({ code: 'custom', path, message, params: { todo } });
  if (tiles === undefined) {
    if (alignment !== undefined) refuse(['alignment'], 'is of several boards', "List them under 'tiles'");
    return;
  }
  if (port !== 'emulated')
    refuse(['port'], "does not go with 'tiles'", 'Give each of the tiles its own port');
  const ports = tiles.map((tile) => tile.port);
  const bare = ports.indexOf(undefined);
  if (bare >= 0 && ports.some((each) => each !== undefined)) {
    const todo = 'Give all boards a port, or none: then all are emulated';
    refuse(['tiles', bare, 'port'], 'is missing, though other boards have one', todo);
  }
  for (const [k, each] of ports.entries()) {
    const other = ports.indexOf(each);
    if (each === 'emulated')
      refuse(['tiles', k, 'port'], "is 'emulated'", 'Leave the ports of all tiles out');
    else if (each !== undefined && other < k) {
      refuse(['tiles', k, 'port'], `is that of board ${other + 1}, too`, 'Give each board a port of its own');
    }
  }
}

/** What the array is reached by. */
export function portOf({ port, tiles = [] }: Ports): string {
  const ports = tiles.flatMap((tile) => (tile.port === undefined ? [] : [tile.port]));
  return ports.length === 0 ? port : ports.join(', ');
}
