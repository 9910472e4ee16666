import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Router } from './router.ts'

const router = new Router(
  [
    '/',
    '/pets',
    '/pets/{petId}',
    '/pets/special',
    '/pets/{petId}/toys',
    '/files/{path+}',
    '/files/readme',
    '/{proxy+} GET',
    '/hard POST',
    '/any ANY',
    '/any GET',
  ].map(text => {
    const [path = '', verb = 'GET'] = text.split(' ')
    return { path, verb, target: text }
  }),
)

describe('routing', () => {
  it.each<[verb: string, path: string, target: string | undefined, parameters?: Record<string, string>]>([
    ['GET', '/', '/'],
    ['GET', '/pets', '/pets'],
    ['GET', '/pets/', '/pets'],
    ['GET', '/pets/special', '/pets/special'],
    ['GET', '/pets/42', '/pets/{petId}', { petId: '42' }],
    ['GET', '/pets/special/toys', '/pets/{petId}/toys', { petId: 'special' }],
    ['GET', '/pets/4%202', '/pets/{petId}', { petId: '4%202' }],
    ['GET', '/files/a/b/c', '/files/{path+}', { path: 'a/b/c' }],
    ['GET', '/files/a//b/', '/files/{path+}', { path: 'a//b' }],
    ['GET', '/files/readme', '/files/readme'],
    ['GET', '/files/readme/x', '/files/{path+}', { path: 'readme/x' }],
    ['GET', '/files', '/{proxy+} GET', { proxy: 'files' }],
    ['GET', '/anything/else', '/{proxy+} GET', { proxy: 'anything/else' }],
    ['POST', '/hard', '/hard POST'],
    // Recorded from AWS: a resource without the verb gives way to a greedy one that has it.
    ['GET', '/hard', '/{proxy+} GET', { proxy: 'hard' }],
    ['GET', '/any', '/any GET'],
    ['DELETE', '/any', '/any ANY'],
    ['POST', '/pets', undefined],
    ['POST', '/pets/42', undefined],
  ])('%s %s goes to %s', (verb, path, target, parameters) => {
    const match = router.match(path, verb)
    expect(match?.target).toBe(target)
    expect(match?.pathParameters).toEqual(parameters)
  })

  it('needs something for a greedy variable to take', () => {
    const greedy = new Router([{ path: '/a/{rest+}', verb: 'GET', target: 1 }])
    expect(greedy.match('/a', 'GET')).toBeUndefined()
  })

  it('finds every path whose variables are filled in', () => {
    const part = fc.stringMatching(/^[a-z]{1,3}$/)
    const pattern = fc.array(
      fc.oneof(
        part,
        part.map(name => `{${name}}`),
      ),
      { minLength: 1, maxLength: 5 },
    )
    fc.assert(
      fc.property(pattern, fc.array(part, { minLength: 5, maxLength: 5 }), (segments, values) => {
        const path = segments.map((segment, index) => (segment.startsWith('{') ? values[index] : segment))
        const only = new Router([{ path: `/${segments.join('/')}`, verb: 'ANY', target: true }])
        expect(only.match(`/${path.join('/')}`, 'GET')?.target).toBe(true)
        expect(only.match(`/${path.join('/')}/more`, 'GET')).toBeUndefined()
      }),
    )
  })
})
