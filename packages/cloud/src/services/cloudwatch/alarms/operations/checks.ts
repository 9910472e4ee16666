import { checkInteger } from '../../check-integer.ts'
import { constraint } from '../../errors.ts'
import { validationError } from '../errors.ts'

/** @param path as Coral names it, such as `alarmName` */
export const checkLength = (
  value: string | undefined,
  path: string,
  { least = 0, most }: { least?: number; most: number },
): void => {
  if (value === undefined) return
  if (value.length < least) throw constraint(value, path, `have length greater than or equal to ${least}`)
  if (value.length > most) throw constraint(value, path, `have length less than or equal to ${most}`)
}

export const checkCount = (values: readonly unknown[] | undefined, path: string, most: number): void => {
  if (values && values.length > most) {
    throw constraint(`[${values.join(', ')}]`, path, `have length less than or equal to ${most}`)
  }
}

/** @returns the value as one of the set, in Coral's words where it is none */
export const checkEnum = <Value extends string>(
  value: string | undefined,
  path: string,
  set: readonly Value[],
): Value | undefined => {
  if (value === undefined) return undefined
  const found = set.find(member => member === value)
  if (found === undefined) {
    throw constraint(value, path, `satisfy enum value set: [${set.join(', ')}]`)
  }
  return found
}

/** Of integers. */
export const checkLeast = (value: number | undefined, path: string, least: number): void => {
  checkInteger(value, path)
  if (value !== undefined && value < least) {
    throw constraint(value, path, `have value greater than or equal to ${least}`)
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const MAX_NAME = 255
const MAX_DESCRIPTION = 1_024

/** Whether a text holds one of ASCII's control characters. */
const hasControls = (text: string): boolean =>
  [...text].some(character => {
    const code = character.charCodeAt(0)
    return code < 0x20 || code === 0x7f
  })

export const checkAlarmName = (name: string | undefined, path = 'alarmName'): string => {
  if (name === undefined) throw constraint(null, path, 'not be null')
  checkLength(name, path, { least: 1, most: MAX_NAME })
  if (hasControls(name)) throw validationError('AlarmName must not contain ASCII control characters')
  return name
}

export const checkDescription = (description: string | undefined): void =>
  checkLength(description, 'alarmDescription', { most: MAX_DESCRIPTION })
