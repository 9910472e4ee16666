'use strict'
// On Lambda nothing lies above a function's package. Here the app's folder does, with its own node_modules: what is not
// in the package, its layers or the runtime must be missing here too.
const fs = require('node:fs')
const Module = require('node:module')
const path = require('node:path')
const { fileURLToPath, pathToFileURL } = require('node:url')

/** `@scope/name` of `@scope/name/file.js`, `name` of `name/file.js`. */
const packageNameOf = specifier =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

const isBare = specifier => !/^([./#]|[a-z]+:)/.test(specifier) && !Module.isBuiltin(specifier)

const notFound = (specifier, file) =>
  Object.assign(new Error(`Cannot find package '${packageNameOf(specifier)}' imported from ${file}`), {
    code: 'ERR_MODULE_NOT_FOUND',
  })

/**
 * Ends the look-up of modules at the roots of packages, for `require` and `import` alike. ES modules find layers and
 * SDK through NODE_PATH too, as on Lambda; Node by itself looks there for CommonJS only.
 *
 * @param {string} folder in which packages lie side by side, those of layers among them
 */
exports.confine = folder => {
  const prefix = fs.realpathSync(folder) + path.sep
  const urlPrefix = pathToFileURL(prefix).href
  /** Above this path there is nothing. */
  const rootOf = file => {
    const end = file.indexOf(path.sep, prefix.length)
    return end === -1 ? file : file.slice(0, end)
  }

  const nodeModulePaths = Module._nodeModulePaths
  const pathsFrom = from => {
    const paths = nodeModulePaths.call(Module, from)
    if (!from.startsWith(prefix)) return paths
    const root = rootOf(from) + path.sep
    return paths.filter(candidate => candidate.startsWith(root))
  }
  Module._nodeModulePaths = pathsFrom

  const throughNodePath = Module.createRequire(path.join(prefix, 'none', 'none.cjs'))
  Module.registerHooks({
    resolve: (specifier, context, nextResolve) => {
      const { parentURL, conditions } = context
      if (!conditions.includes('import') || !parentURL?.startsWith(urlPrefix) || !isBare(specifier)) {
        return nextResolve(specifier, context)
      }
      const file = fileURLToPath(parentURL)
      const name = packageNameOf(specifier)
      if (pathsFrom(path.dirname(file)).some(modules => fs.existsSync(path.join(modules, name)))) {
        return nextResolve(specifier, context)
      }
      try {
        // A package may import itself by its name; whatever Node finds further up is not there on Lambda.
        const found = nextResolve(specifier, context)
        if (found.url.startsWith(urlPrefix)) return found
      } catch {}
      let found
      try {
        found = throughNodePath.resolve(specifier)
      } catch {
        throw notFound(specifier, file)
      }
      return nextResolve(pathToFileURL(found).href, context)
    },
  })
}
