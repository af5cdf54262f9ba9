import { type FocalPoint, ringRangeOf, type Sector } from '../../array/focal-point.js';

/** What a point may be, ends included. */
export interface PointRange {
  readonly sinAngle: readonly [number, number];
  readonly ringPerM: readonly [number, number];
}

/** Directions stay this far from +-90 degrees, where all rings meet. */
const HORIZON = 1 - 1e-9;

/** Directions and rings uniform over a sector, ends included (docs/model.md eq. 64). Directions count fastest. */
export class PointGrid {
  /** sin(angle), shape [numDirections], ascending. */
  readonly directions: Float64Array;
  /** 1/m, shape [numRings], ascending: far to near. */
  readonly ringsPerM: Float64Array;
  readonly #across: number;

  constructor(sector: Sector, numDirections: number, numRings: number) {
    const edge = Math.sin(sector.maxAngleRad);
    const [low, high] = ringRangeOf(sector);
    this.directions = uniform(-edge, edge, numDirections);
    this.ringsPerM = uniform(low, high, numRings);
    this.#across = (high - low) / (numRings === 1 ? 2 : numRings - 1);
  }

  get numPoints(): number {
    return this.directions.length * this.ringsPerM.length;
  }

  point(index: number): FocalPoint {
    const { length } = this.directions;
    return {
      sinAngle: this.directions[index % length]!,
      ringPerM: this.ringsPerM[Math.floor(index / length)]!,
    };
  }

  /** The rings of all surroundings. */
  get ringReachPerM(): [number, number] {
    const first = this.ringsPerM[0]!;
    const last = this.ringsPerM[this.ringsPerM.length - 1]!;
    return [Math.max(0, first - this.#across), last + this.#across];
  }

  /** As far as two directions and one ring from a point, beyond the grid's edge as well; one ring alone: all rings. */
  surroundings(index: number): PointRange {
    const { sinAngle, ringPerM } = this.point(index);
    const beside = 2 * (this.directions[1]! - this.directions[0]!);
    const across = this.#across;
    return {
      sinAngle: [Math.max(-HORIZON, sinAngle - beside), Math.min(HORIZON, sinAngle + beside)],
      ringPerM: [Math.max(0, ringPerM - across), ringPerM + across],
    };
  }
}

/** One alone lies in the middle. */
function uniform(low: number, high: number, count: number): Float64Array {
  if (count === 1) return Float64Array.of((low + high) / 2);
  return Float64Array.from({ length: count }, (_, k) => low + (k / (count - 1)) * (high - low));
}
