/**
 * Solves a symmetric positive definite system by Cholesky's decomposition.
 *
 * @param matrix row after row, `size * size`; its lower triangle is overwritten
 * @param right overwritten by the solution
 */
export const solveSymmetric = (matrix: Float64Array, right: Float64Array): void => {
  const size = right.length
  const at = (row: number, column: number): number => matrix[row * size + column] ?? 0
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = at(row, column)
      for (let k = 0; k < column; k++) sum -= at(row, k) * at(column, k)
      // A pivot that rounding made negative belongs to a direction without data, which the penalties hold at 0.
      matrix[row * size + column] =
        row === column ? Math.sqrt(Math.max(sum, 1e-12)) : sum / at(column, column)
    }
  }
  for (let row = 0; row < size; row++) {
    let sum = right[row] ?? 0
    for (let k = 0; k < row; k++) sum -= at(row, k) * (right[k] ?? 0)
    right[row] = sum / at(row, row)
  }
  for (let row = size - 1; row >= 0; row--) {
    let sum = right[row] ?? 0
    for (let k = row + 1; k < size; k++) sum -= at(k, row) * (right[k] ?? 0)
    right[row] = sum / at(row, row)
  }
}
