import { type FocalPoint, ringRangeOf, type Sector } from '../../array/focal-point.js';

/** Directions and rings uniform over a sector, ends included (docs/model.md eq. 58). Directions count fastest. */
export class PointGrid {
  /** sin(angle), shape [numDirections], ascending. */
  readonly directions: Float64Array;
  /** 1/m, shape [numRings], ascending: far to near. */
  readonly ringsPerM: Float64Array;

  constructor(sector: Sector, numDirections: number, numRings: number) {
    const edge = Math.sin(sector.maxAngleRad);
    this.directions = uniform(-edge, edge, numDirections);
    this.ringsPerM = uniform(...ringRangeOf(sector), numRings);
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
}

/** One alone lies in the middle. */
function uniform(low: number, high: number, count: number): Float64Array {
  if (count === 1) return Float64Array.of((low + high) / 2);
  return Float64Array.from({ length: count }, (_, k) => low + (k / (count - 1)) * (high - low));
}
