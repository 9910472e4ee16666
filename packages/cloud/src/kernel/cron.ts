/** A cron expression, ready to be asked. Local times are ms since the epoch as if they were UTC. */
export interface Cron {
  /** The first matching minute after `local`, or `undefined` where there is none up to the year 2199. */
  nextLocal(local: number): number | undefined
}

/** One field: its bounds and its names, the first of which means `low`. */
interface Field {
  readonly low: number
  readonly high: number
  readonly names?: readonly string[]
  readonly takesSteps: boolean
}

const MINUTE = 60_000
const SATURDAY = 7

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html */
const MINUTES: Field = { low: 0, high: 59, takesSteps: true }
const HOURS: Field = { low: 0, high: 23, takesSteps: true }
const DAYS_OF_MONTH: Field = { low: 1, high: 31, takesSteps: true }
const MONTHS: Field = {
  low: 1,
  high: 12,
  names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  takesSteps: true,
}
const DAYS_OF_WEEK: Field = {
  low: 1,
  high: SATURDAY,
  names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
  takesSteps: false,
}
const YEARS: Field = { low: 1970, high: 2199, takesSteps: true }

const readValue = (text: string, field: Field): number | undefined => {
  const name = field.names?.indexOf(text.toUpperCase()) ?? -1
  if (name !== -1) return field.low + name
  if (!/^\d{1,4}$/.test(text)) return undefined
  const value = Number(text)
  return value >= field.low && value <= field.high ? value : undefined
}

/** `*`, `a`, `a-b` and each of them with `/step`; a range whose end is before its start goes over the end of the field. */
const rangeOf = (text: string, field: Field): number[] | undefined => {
  const [range = '', step, ...more] = text.split('/')
  if (more.length > 0 || (step !== undefined && !field.takesSteps)) return undefined
  if (step !== undefined && !/^[1-9]\d{0,3}$/.test(step)) return undefined
  const size = field.high - field.low + 1
  const by = step === undefined ? 1 : Number(step)
  if (by > size) return undefined
  let from: number | undefined = field.low
  let to: number | undefined = field.high
  if (range !== '*') {
    const [first = '', last, ...rest] = range.split('-')
    if (rest.length > 0) return undefined
    from = readValue(first, field)
    if (last !== undefined) to = readValue(last, field)
    else if (step === undefined) to = from
  }
  if (from === undefined || to === undefined) return undefined
  const length = to >= from ? to - from : to - from + size
  const values: number[] = []
  for (let distance = 0; distance <= length; distance += by) {
    values.push(field.low + ((from - field.low + distance) % size))
  }
  return values
}

/** The values of a list in ascending order, or `undefined` where it cannot be read. */
const valuesOf = (text: string, field: Field): readonly number[] | undefined => {
  const values = new Set<number>()
  for (const item of text.split(',')) {
    const range = rangeOf(item, field)
    if (!range) return undefined
    for (const value of range) values.add(value)
  }
  return [...values].sort((a, b) => a - b)
}

const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate()

/** 1 is Sunday. */
const dayOfWeek = (year: number, month: number, day: number): number =>
  new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1

/** Days of a month, ascending. */
type Days = (year: number, month: number) => readonly number[]

/** The weekday that is nearest to a day, in the same month. */
const nearestWeekday = (year: number, month: number, day: number): number => {
  const weekday = dayOfWeek(year, month, day)
  if (weekday === SATURDAY) return day === 1 ? 3 : day - 1
  if (weekday === 1) return day === daysIn(year, month) ? day - 2 : day + 1
  return day
}

const daysOfMonth = (text: string): Days | undefined => {
  const upper = text.toUpperCase()
  if (upper === 'L') return (year, month) => [daysIn(year, month)]
  if (upper === 'LW') return (year, month) => [nearestWeekday(year, month, daysIn(year, month))]
  const weekday = /^(\d{1,2})W$/.exec(upper)?.[1]
  if (weekday !== undefined) {
    const day = readValue(weekday, DAYS_OF_MONTH)
    if (day === undefined) return undefined
    return (year, month) => (day > daysIn(year, month) ? [] : [nearestWeekday(year, month, day)])
  }
  const days = valuesOf(text, DAYS_OF_MONTH)
  return days && ((year, month) => days.filter(day => day <= daysIn(year, month)))
}

/** The days of a month that fall on a day of the week. */
const daysOn = (year: number, month: number, weekday: number): number[] => {
  const first = 1 + ((weekday - dayOfWeek(year, month, 1) + 7) % 7)
  return [0, 7, 14, 21, 28].map(days => first + days).filter(day => day <= daysIn(year, month))
}

const daysOfWeek = (text: string): Days | undefined => {
  const upper = text.toUpperCase()
  if (upper === 'L') return (year, month) => daysOn(year, month, SATURDAY)
  const [, of, position] = /^([A-Z]{3}|\d)(?:L|#([1-5]))$/.exec(upper) ?? []
  if (of !== undefined) {
    const weekday = readValue(of, DAYS_OF_WEEK)
    if (weekday === undefined) return undefined
    const index = position === undefined ? -1 : Number(position) - 1
    return (year, month) => {
      const day = daysOn(year, month, weekday).at(index)
      return day === undefined ? [] : [day]
    }
  }
  const weekdays = valuesOf(text, DAYS_OF_WEEK)
  return (
    weekdays &&
    ((year, month) => weekdays.flatMap(weekday => daysOn(year, month, weekday)).sort((a, b) => a - b))
  )
}

/** Exactly one of the two fields says nothing. */
const daysOf = (dayOfMonthField: string, dayOfWeekField: string): Days | undefined => {
  if ((dayOfMonthField === '?') === (dayOfWeekField === '?')) return undefined
  return dayOfWeekField === '?' ? daysOfMonth(dayOfMonthField) : daysOfWeek(dayOfWeekField)
}

interface Fields {
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  readonly days: Days
  readonly months: readonly number[]
  readonly years: readonly number[]
}

/** What is left of ascending `values` from `least` on. */
const from = (values: readonly number[], least: number): readonly number[] =>
  (values[0] ?? least) >= least ? values : values.filter(value => value >= least)

/** The days of the month asked for last are kept: most minutes are followed by one in the same month. */
const remembering = (days: Days): Days => {
  let keptYear = 0
  let keptMonth = 0
  let kept: readonly number[] = []
  return (year, month) => {
    if (year !== keptYear || month !== keptMonth) {
      kept = days(year, month)
      keptYear = year
      keptMonth = month
    }
    return kept
  }
}

/** The first minute of a day at or after `least` minutes past midnight. */
const firstMinute = ({ hours, minutes }: Fields, least: number): number | undefined => {
  const leastHour = Math.floor(least / 60)
  for (const hour of from(hours, leastHour)) {
    const minute = minutes.find(value => hour > leastHour || value >= least % 60)
    if (minute !== undefined) return hour * 60 + minute
  }
  return undefined
}

const nextLocal = (fields: Fields, local: number): number | undefined => {
  const start = new Date((Math.floor(local / MINUTE) + 1) * MINUTE)
  const [startYear, startMonth, startDay] = [
    start.getUTCFullYear(),
    start.getUTCMonth() + 1,
    start.getUTCDate(),
  ]
  for (const year of from(fields.years, startYear)) {
    for (const month of from(fields.months, year === startYear ? startMonth : 1)) {
      const isStartMonth = year === startYear && month === startMonth
      for (const day of from(fields.days(year, month), isStartMonth ? startDay : 1)) {
        const isStart = isStartMonth && day === startDay
        const least = isStart ? start.getUTCHours() * 60 + start.getUTCMinutes() : 0
        const minute = firstMinute(fields, least)
        if (minute !== undefined) return Date.UTC(year, month - 1, day) + minute * MINUTE
      }
    }
  }
  return undefined
}

/**
 * Reads the six fields of `cron(…)`: minutes, hours, day of month, month, day of week, year. Not in it, as the
 * documentation has it for neither: offsets from the last day (`L-3`), and `L`, `W` or `#` within lists.
 *
 * @returns `undefined` where they cannot be read
 */
export const parseCron = (text: string): Cron | undefined => {
  const [minute = '', hour = '', dayOfMonth = '', month = '', weekday = '', year = '', ...more] =
    text.split(/ +/)
  if (more.length > 0) return undefined
  const minutes = valuesOf(minute, MINUTES)
  const hours = valuesOf(hour, HOURS)
  const days = daysOf(dayOfMonth, weekday)
  const months = valuesOf(month, MONTHS)
  const years = valuesOf(year, YEARS)
  if (!minutes || !hours || !days || !months || !years) return undefined
  const fields = { minutes, hours, days: remembering(days), months, years }
  return { nextLocal: local => nextLocal(fields, local) }
}
