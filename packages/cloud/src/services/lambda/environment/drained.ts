let first: Array<() => void> = []
let second: Array<() => void> = []
let scheduled = false

const turn = (): void => {
  const due = second
  second = first
  first = []
  scheduled = second.length > 0
  if (scheduled) setImmediate(turn)
  for (const task of due) task()
}

/**
 * Calls `task` once everything has been read that was readable when it was called. A function writes its log before it
 * posts its response; but both travel through pipes of their own, and the response may be read first. One full poll of
 * the event loop later all of the log is here: no marker in the log and no cooperation of the runtime is needed.
 */
export const whenDrained = (task: () => void): void => {
  first.push(task)
  if (scheduled) return
  scheduled = true
  setImmediate(turn)
}
