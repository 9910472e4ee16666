'use strict'
// Finds and loads `file.export` as Lambda's own Node.js runtime does, CommonJS and ES modules alike.
const fs = require('node:fs')
const path = require('node:path')
const { named } = require('./errors.cjs')

const HANDLER_STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming')
const CALLBACKS_REMOVED =
  'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.'

const isModuleFolder = folder => {
  for (let at = folder; path.basename(at) !== 'node_modules'; at = path.dirname(at)) {
    const manifest = path.join(at, 'package.json')
    if (fs.existsSync(manifest)) {
      try {
        return JSON.parse(fs.readFileSync(manifest, 'utf8')).type === 'module'
      } catch {
        return false
      }
    }
    if (at === path.dirname(at)) return false
  }
  return false
}

const importFile = file => import(require('node:url').pathToFileURL(file).href)

const loadModule = async (root, folder, name) => {
  const base = path.resolve(root, folder, name)
  if (fs.existsSync(base) && fs.statSync(base).isFile()) return require(base)
  if (fs.existsSync(`${base}.js`)) {
    return isModuleFolder(path.dirname(base)) ? importFile(`${base}.js`) : require(`${base}.js`)
  }
  if (fs.existsSync(`${base}.mjs`)) return importFile(`${base}.mjs`)
  if (fs.existsSync(`${base}.cjs`)) return require(`${base}.cjs`)
  return require(require.resolve(name, { paths: [root, path.resolve(root, folder)] }))
}

exports.HANDLER_STREAMING = HANDLER_STREAMING

/**
 * @param {string} root LAMBDA_TASK_ROOT
 * @param {string} setting the function's Handler, such as `src/index.handler`
 * @param {boolean} allowCallbacks whether a third parameter is taken for a callback
 */
exports.load = async (root, setting, allowCallbacks) => {
  if (setting.includes('..')) {
    throw named(
      'MalformedHandlerName',
      `'${setting}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    )
  }
  const file = path.basename(setting)
  const match = /^([^.]*)\.(.*)$/.exec(file)
  if (!match) throw named('MalformedHandlerName', 'Bad handler')

  globalThis.awslambda = {
    streamifyResponse: handler => {
      handler[HANDLER_STREAMING] = 'response'
      return handler
    },
  }
  let module
  try {
    module = await loadModule(root, setting.slice(0, setting.length - file.length), match[1])
  } catch (error) {
    if (error instanceof SyntaxError) throw named('UserCodeSyntaxError', String(error), error)
    if (error?.code === 'MODULE_NOT_FOUND') throw named('ImportModuleError', String(error), error)
    throw error
  }
  let handler = module
  for (const key of match[2].split('.')) handler = handler?.[key]
  if (!handler) throw named('HandlerNotFound', `${setting} is undefined or not exported`)
  if (typeof handler !== 'function') throw named('HandlerNotFound', `${setting} is not a function`)
  if (!allowCallbacks && handler.length >= 3 && !handler[HANDLER_STREAMING]) {
    throw named('CallbackHandlerDeprecated', CALLBACKS_REMOVED)
  }
  return handler
}
