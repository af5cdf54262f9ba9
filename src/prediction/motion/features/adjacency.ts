/**
 * Normalised adjacency of one slot's graph (docs/model.md eq. 94): node 0 is the base station, the others are
 * users. Edges are received amplitudes, own ones with the base station, interference between users; itself every node hears with 1.
 *
 * @param amplitudes [users, users] row-major: what user k receives of the beam that serves user j, in units of `UserSlot`.
 * @param out [users + 1, users + 1] from index `at` on: D^-1/2 (A + A^T)/2 D^-1/2.
 */
export function writeAdjacency(
  amplitudes: ArrayLike<number>,
  numUsers: number,
  out: Float32Array,
  at: number,
): void {
  const numNodes = numUsers + 1;
  const scale = new Float64Array(numNodes);
  for (let k = 0; k < numNodes; k++) {
    let degree = 0;
    for (let j = 0; j < numNodes; j++) {
      const edge = edgeOf(amplitudes, numUsers, k, j);
      out[at + k * numNodes + j] = edge;
      degree += edge;
    }
    scale[k] = 1 / Math.sqrt(degree);
  }
  for (let k = 0; k < numNodes; k++) {
    for (let j = 0; j < numNodes; j++) out[at + k * numNodes + j]! *= scale[k]! * scale[j]!;
  }
}

function edgeOf(amplitudes: ArrayLike<number>, numUsers: number, k: number, j: number): number {
  if (k === j) return 1;
  if (k === 0 || j === 0) {
    const user = k + j - 1;
    return amplitudes[user * numUsers + user]!;
  }
  return (amplitudes[(k - 1) * numUsers + j - 1]! + amplitudes[(j - 1) * numUsers + k - 1]!) / 2;
}
