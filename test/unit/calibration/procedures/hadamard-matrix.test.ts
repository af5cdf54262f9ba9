import { expect, test } from 'vitest';
import { HadamardMatrix } from '../../../../calibration/procedures/hadamard-matrix.js';
import { Random } from '../../../../src/core/random.js';

test('columns are orthogonal at every order', () => {
  for (let numColumns = 1; numColumns <= 130; numColumns++) {
    const { order } = new HadamardMatrix(numColumns);
    const matrix = new HadamardMatrix(order);
    expect(matrix.order).toBe(order);
    for (let a = 0; a < order; a += 1 + (order >> 4)) {
      for (let b = 0; b <= a; b++) {
        let sum = 0;
        for (let row = 0; row < order; row++) sum += matrix.sign(row, a) * matrix.sign(row, b);
        expect(sum).toBe(a === b ? order : 0);
      }
    }
  }
});

test('the order is the least for which there is a construction', () => {
  // By Paley q = 11, 13 (second kind), 19 and 23; 52 needs q = 25, a power of a prime, which is not made here.
  const orders = [1, 2, 3, 5, 9, 13, 17, 21, 25, 29, 33, 37, 49].map((n) => new HadamardMatrix(n).order);
  expect(orders).toEqual([1, 2, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 56]);
});

test.each([4, 12, 40, 56, 64, 96])('the fast product of order %i is the plain one', (order) => {
  const matrix = new HadamardMatrix(order);
  const random = new Random('vector', order);
  const given = Float64Array.from({ length: order }, () => random.normal());
  const product = { re: given.slice(), im: given.map((x) => -3 * x) };
  matrix.transposeTimes(product);
  for (let column = 0; column < order; column++) {
    const plain = given.reduce((sum, x, row) => sum + x * matrix.sign(row, column), 0);
    expect(product.re[column]).toBeCloseTo(plain, 10);
    expect(product.im[column]).toBeCloseTo(-3 * plain, 10);
  }
});
