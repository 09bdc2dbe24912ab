/** A transformation of the plane: what it makes of both axes and of the origin (ISO 32000-1, 8.3.3). */
export type Matrix = readonly [number, number, number, number, number, number];

export const identity: Matrix = [1, 0, 0, 1, 0, 0];

/** Six numbers as pdfjs hands them over; what is missing is that of the identity. */
export function matrixOf(value: unknown): Matrix {
  const numbers = value as ArrayLike<number>;
  const at = (index: number) => Number(numbers[index] ?? identity[index]);
  return [at(0), at(1), at(2), at(3), at(4), at(5)];
}

/** First `n`, then `m`. */
export function multiply(m: Matrix, n: Matrix): Matrix {
  return [
    m[0] * n[0] + m[2] * n[1],
    m[1] * n[0] + m[3] * n[1],
    m[0] * n[2] + m[2] * n[3],
    m[1] * n[2] + m[3] * n[3],
    m[0] * n[4] + m[2] * n[5] + m[4],
    m[1] * n[4] + m[3] * n[5] + m[5],
  ];
}
