import { describe, expect, it } from 'vitest'
import { mockStatus } from './mock-integration.ts'

describe("a mock's request template", () => {
  it.each<[template: string, status: number | undefined]>([
    ['{"statusCode": 200}', 200],
    ['{ statusCode: 204 }', 204],
    ["{'statusCode': 201, other: 1}", 201],
    ['{"statusCode": 200, "message": "POST request"}', 200],
    ['{ other: 1, statusCode: 418 }', 418],
    ['{"statusCode": "200"}', undefined],
    ['{}', undefined],
    ['', undefined],
    ['statusCode: 200', undefined],
  ])('%j names %s', (template, status) => {
    expect(mockStatus(template)).toBe(status)
  })
})
