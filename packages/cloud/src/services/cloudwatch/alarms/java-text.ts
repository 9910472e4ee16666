/** How CloudWatch, a Java service, prints numbers and times in alarms' texts and documents. */

/** `JSON.rawJSON` of ES2026, which Node has had since 21 and TypeScript's library does not know yet. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): object }

/** `Double.toString`: `21.0`, `0.1`, `1.0E10`. */
export const javaDouble = (value: number): string => {
  if (!Number.isFinite(value)) return String(value)
  if (Object.is(value, -0)) return '-0.0'
  const size = Math.abs(value)
  if (value === 0 || (size >= 1e-3 && size < 1e7)) {
    const text = String(value)
    return text.includes('.') ? text : `${text}.0`
  }
  const [mantissa = '', exponent = ''] = value.toExponential().split('e')
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`
}

/** A number that `JSON.stringify` prints as a Java double: `21.0`. What JSON cannot say becomes a string. */
export const jsonDouble = (value: number): object | string =>
  Number.isFinite(value) ? rawJSON(javaDouble(value)) : javaDouble(value)

const two = (value: number): string => String(value).padStart(2, '0')

/** `2026-02-27T19:53:39.810+0000`. */
export const javaTimestamp = (time: number): string => new Date(time).toISOString().replace('Z', '+0000')

/** `19/08/26 05:50:00`, of data points in a reason. */
export const reasonTimestamp = (time: number): string => {
  const date = new Date(time)
  const day = [date.getUTCDate(), date.getUTCMonth() + 1, date.getUTCFullYear() % 100].map(two).join('/')
  return `${day} ${[date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':')}`
}

const LONG = new Intl.DateTimeFormat('en-US', {
  timeZone: 'UTC',
  weekday: 'long',
  day: '2-digit',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

/** `Friday 22 July, 2022 15:57:45 UTC`, of composite alarms' reasons. */
export const longTimestamp = (time: number): string => {
  const parts = new Map(LONG.formatToParts(time).map(({ type, value }) => [type, value]))
  const at = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? ''
  return `${at('weekday')} ${at('day')} ${at('month')}, ${at('year')} ${at('hour')}:${at('minute')}:${at('second')} UTC`
}
