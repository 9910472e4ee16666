#!/usr/bin/env node
// Plain JavaScript, so that an older Node can say what it lacks.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major > 22 || (major === 22 && minor >= 18)) {
  await import('../src/main.ts')
} else {
  process.stderr.write(
    `sonde needs Node 22.18 or later; this is ${process.version}. In this repository "npm start" brings its own.\n`,
  )
  process.exitCode = 1
}
