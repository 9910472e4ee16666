import type { ConfigurationInput } from '../configuration.ts'
import type { TemplateProperties } from '../template-properties.ts'

/** The properties of a function that UpdateFunctionConfiguration knows too. */
export const readConfiguration = (properties: TemplateProperties): ConfigurationInput => {
  const ephemeralStorage = properties.object('EphemeralStorage').number('Size')
  const tracing = properties.object('TracingConfig').text('Mode')
  const logging = properties.object('LoggingConfig')
  const environment = properties.has('Environment') ? properties.object('Environment') : undefined
  environment?.only(['Variables'])
  const deadLetter = properties.object('DeadLetterConfig')
  deadLetter.only(['TargetArn'])
  logging.only(['LogFormat', 'LogGroup', 'ApplicationLogLevel', 'SystemLogLevel'])
  return {
    Role: properties.text('Role'),
    Runtime: properties.text('Runtime') as ConfigurationInput['Runtime'],
    Handler: properties.text('Handler'),
    Description: properties.text('Description'),
    Timeout: properties.number('Timeout'),
    MemorySize: properties.number('MemorySize'),
    Environment: environment ? { Variables: environment.object('Variables').texts() } : undefined,
    TracingConfig:
      tracing === undefined
        ? undefined
        : { Mode: tracing as NonNullable<ConfigurationInput['TracingConfig']>['Mode'] },
    EphemeralStorage: ephemeralStorage === undefined ? undefined : { Size: ephemeralStorage },
    Layers: properties.list('Layers'),
    DeadLetterConfig: properties.has('DeadLetterConfig')
      ? { TargetArn: deadLetter.text('TargetArn') }
      : undefined,
    LoggingConfig: logging.isEmpty
      ? undefined
      : {
          LogFormat: logging.text('LogFormat') as 'JSON' | 'Text' | undefined,
          LogGroup: logging.text('LogGroup'),
          ApplicationLogLevel: logging.text('ApplicationLogLevel') as 'INFO' | undefined,
          SystemLogLevel: logging.text('SystemLogLevel') as 'INFO' | undefined,
        },
  }
}
