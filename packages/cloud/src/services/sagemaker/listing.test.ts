import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ListRequest, listPage } from './listing.ts'

const records = [
  { name: 'b', creationTime: 2, lastModifiedTime: 9, status: 'InService' },
  { name: 'a', creationTime: 1, lastModifiedTime: 5, status: 'Failed' },
  { name: 'bc', creationTime: 3, lastModifiedTime: 3, status: 'InService' },
]

describe('a page', () => {
  it.each<[ListRequest, string[]]>([
    [{}, ['bc', 'b', 'a']],
    [{ SortOrder: 'Ascending' }, ['a', 'b', 'bc']],
    [{ SortBy: 'Name' }, ['bc', 'b', 'a']],
    [{ SortBy: 'Status', SortOrder: 'Ascending' }, ['a', 'b', 'bc']],
    [{ NameContains: 'b' }, ['bc', 'b']],
    [{ StatusEquals: 'Failed' }, ['a']],
    [{ CreationTimeAfter: new Date(2) }, ['bc', 'b']],
    [{ CreationTimeBefore: new Date(2) }, ['b', 'a']],
    [{ LastModifiedTimeAfter: new Date(6) }, ['b']],
    [{ LastModifiedTimeBefore: new Date(4) }, ['bc']],
    [{ MaxResults: 1 }, ['bc']],
  ])('for %j holds %j', (request, names) => {
    expect(listPage(records, request).items.map(({ name }) => name)).toEqual(names)
  })

  it('after page shows every record once, also while some are deleted', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.record({ name: fc.string(), creationTime: fc.nat(5) }), {
          selector: ({ name }) => name,
        }),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom('Name', 'CreationTime'),
        fc.constantFrom('Ascending', 'Descending'),
        (all, MaxResults, SortBy, SortOrder) => {
          const seen: string[] = []
          let left = all
          let NextToken: string | undefined
          do {
            const page = listPage(left, { MaxResults, SortBy, SortOrder, NextToken })
            seen.push(...page.items.map(({ name }) => name))
            left = left.filter(record => !page.items.includes(record))
            NextToken = page.nextToken
          } while (NextToken)
          expect(seen.toSorted()).toEqual(all.map(({ name }) => name).toSorted())
        },
      ),
    )
  })

  it.each(['', 'x', Buffer.from('[]').toString('base64url'), Buffer.from('{"a":1}').toString('base64url')])(
    'for the token %j is refused',
    NextToken => {
      if (NextToken === '') expect(listPage(records, { NextToken }).items).toHaveLength(3)
      else expect(() => listPage(records, { NextToken })).toThrow('The NextToken that was given is invalid.')
    },
  )
})
