/** Diagnostics channels, with the promise that a failing recording never reaches the app. */
import { log } from '../core/settings.ts'

/** Subscribes for the life of the process. */
export const subscribe = (channel: string, receive: (message: unknown) => void): void => {
  process.getBuiltinModule('node:diagnostics_channel').subscribe(channel, message => {
    try {
      receive(message)
    } catch (error) {
      log('debug', `${channel}: ${error instanceof Error ? error.message : error}`)
    }
  })
}
