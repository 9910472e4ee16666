import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Frame } from './frame.ts'
import { parseStackTrace } from './stack-trace.ts'

const frame = (label: string, path: string, line: number): Frame => ({ label, path, line })

describe('a stack trace', () => {
  it('of Java has frames without module prefixes, and chains of causes', () => {
    const text = [
      'java.lang.IllegalStateException: state is not legal',
      '\tat io.opentelemetry.sdk.trace.RecordEventsReadableSpanTest.recordException(RecordEventsReadableSpanTest.java:626)',
      '\tat java.base/jdk.internal.reflect.NativeMethodAccessorImpl.invoke0(Native Method)',
      '\tSuppressed: java.lang.Exception',
      'Caused by: java.lang.IllegalArgumentException: bad argument',
      ' on two lines',
      '\tat org.junit.ThrowableCollector.execute(ThrowableCollector.java:73)',
      '\t... 99 common frames omitted',
      'Caused by: java.lang.Error',
    ].join('\r\n')
    expect(parseStackTrace(text, 'java')).toEqual({
      frames: [
        frame(
          'io.opentelemetry.sdk.trace.RecordEventsReadableSpanTest.recordException',
          'RecordEventsReadableSpanTest.java',
          626,
        ),
        frame('jdk.internal.reflect.NativeMethodAccessorImpl.invoke0', 'Native Method', 0),
      ],
      causes: [
        {
          type: 'java.lang.IllegalArgumentException',
          message: 'bad argument on two lines',
          frames: [frame('org.junit.ThrowableCollector.execute', 'ThrowableCollector.java', 73)],
        },
        { type: 'java.lang.Error', message: '', frames: [] },
      ],
    })
  })

  it('of Python has the innermost frame first, and what was being handled as cause', () => {
    const text = [
      'Traceback (most recent call last):',
      '  File "main.py", line 14, in greet_many',
      '    greet(person)',
      '  File "main.py", line 9, in greet',
      "    raise TypeError('message')",
      'TypeError: expected',
      'two lines',
      '',
      'During handling of the above exception, another exception occurred:',
      '',
      'Traceback (most recent call last):',
      '  File "main.py", line 20, in <module>',
      '    greet_many([1])',
      'ValueError: bad value',
    ].join('\n')
    expect(parseStackTrace(text, 'python')).toEqual({
      frames: [frame('<module>', 'main.py', 20)],
      causes: [
        {
          type: 'TypeError',
          message: 'expected\ntwo lines',
          frames: [frame('greet', 'main.py', 9), frame('greet_many', 'main.py', 14)],
        },
      ],
    })
  })

  it.each(['javascript', 'nodejs', 'webjs'])('of V8 has its frames: %s', language => {
    const text = [
      'TypeError: Cannot read property',
      '    at speedy (/home/gbusey/file.js:6:11)',
      '    at Foo.makeFaster [as bar] (file:///app/index.mjs:5:3)',
      '    at node:internal/main:17:47',
      '    at Array.forEach (native)',
      '    at new Promise (<anonymous>)',
      '    at async C:\\app\\x.js:3:1',
    ].join('\n')
    expect(parseStackTrace(text, language).frames).toEqual([
      frame('speedy', '/home/gbusey/file.js', 6),
      frame('Foo.makeFaster [as bar]', 'file:///app/index.mjs', 5),
      frame('', 'node:internal/main', 17),
      frame('Array.forEach', 'native', 0),
      frame('new Promise', '<anonymous>', 0),
      frame('', 'async C:\\app\\x.js', 3),
    ])
  })

  it('of .NET has frames with and without places', () => {
    const text = [
      'System.Exception: test',
      '   at Namespace.Class.<Method>b__0() in C:\\src\\Class.cs:line 42',
      '   at System.Linq.Select(Func`2 f)',
      '--- End of stack trace from previous location ---',
    ].join('\r\n')
    expect(parseStackTrace(text, 'dotnet').frames).toEqual([
      frame('Namespace.Class.<Method>b__0()', 'C:\\src\\Class.cs', 42),
      frame('System.Linq.Select(Func`2 f)', '', 0),
    ])
  })

  it('of Go has functions and their places', () => {
    const text = [
      'panic: test',
      'goroutine 19 [running]:',
      'main.predict(0x1)',
      '\t/app/main.go:25 +0x65',
      'main.main()',
      '\t/app/main.go:9',
      '',
    ].join('\n')
    expect(parseStackTrace(text, 'go').frames).toEqual([
      frame('main.predict(0x1)', '/app/main.go', 25),
      frame('main.main()', '/app/main.go', 9),
    ])
  })

  it.each(['', 'ruby', '__proto__'])('of a language that is not known has none: %s', language => {
    expect(parseStackTrace('a\n\tat b(c:1)', language)).toEqual({ frames: [], causes: [] })
  })

  it('of any text ends, with numbers and texts', () => {
    const line = fc.constantFrom(
      '\tat a.b(C.java:1)',
      'Caused by: x',
      'Caused by: ',
      '  File "a", line 1, in b',
      '  File ,,',
      'During handling of the above exception, another exception occurred:',
      '    at a (b:1:2)',
      '    at (',
      '  at a in b:line c',
      'goroutine 1 [running]:',
      '',
      'e: f',
    )
    const languages = fc.constantFrom('java', 'python', 'nodejs', 'dotnet', 'go', 'php')
    fc.assert(
      fc.property(languages, fc.array(fc.oneof(line, fc.string()), { maxLength: 12 }), (language, lines) => {
        const { frames, causes } = parseStackTrace(lines.join('\n'), language)
        for (const { line: number, path, label } of [...frames, ...causes.flatMap(cause => cause.frames)]) {
          expect([typeof number, typeof path, typeof label]).toEqual(['number', 'string', 'string'])
        }
      }),
    )
  })
})
