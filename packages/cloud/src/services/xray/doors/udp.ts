import { createSocket, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { PortUnavailableError } from '../../../kernel/http-server.ts'

export interface UdpOptions {
  readonly host: string
  /** 0 for any free port. */
  readonly port: number
  /** Which flag changes the port: printed when it is taken. */
  readonly flag: string
  /** Must not throw. */
  readonly onDatagram: (bytes: Buffer) => void
}

export interface UdpListener {
  readonly port: number
  close(): Promise<void>
}

/**
 * What the kernel keeps while we are busy. It gives what it is allowed to (net.core.rmem_max, 208 KiB unless set), and
 * some refuse more than that, so less is tried then.
 */
const RECEIVE_BUFFER = 4 * 1024 * 1024
const LEAST_RECEIVE_BUFFER = 64 * 1024

const raiseBuffer = (socket: Socket): void => {
  for (let size = RECEIVE_BUFFER; size >= LEAST_RECEIVE_BUFFER; size /= 2) {
    try {
      socket.setRecvBufferSize(size)
      return
    } catch {
      // Tried again with half of it.
    }
  }
}

const listenError = (error: NodeJS.ErrnoException, { host, port, flag }: UdpOptions): Error => {
  const where = `${host}:${port}`
  if (error.code === 'EADDRINUSE') {
    return new PortUnavailableError(
      `${where} (the X-Ray daemon, UDP) is in use. Stop what listens there, or choose another with ${flag}.`,
      { cause: error },
    )
  }
  if (error.code === 'EACCES' || error.code === 'EADDRNOTAVAIL') {
    return new PortUnavailableError(
      `Cannot listen on ${where} (the X-Ray daemon, UDP): ${error.code}. Choose another with ${flag}.`,
      { cause: error },
    )
  }
  return error
}

/**
 * Listens for datagrams.
 *
 * @throws PortUnavailableError in one line that says what to change
 */
export const listenUdp = async (options: UdpOptions): Promise<UdpListener> => {
  const socket = createSocket(isIPv6(options.host) ? 'udp6' : 'udp4')
  await new Promise<void>((resolve, reject) => {
    socket.once('error', error => {
      socket.close()
      reject(listenError(error, options))
    })
    socket.bind(options.port, options.host, resolve)
  })
  raiseBuffer(socket)
  socket.removeAllListeners('error')
  // Of one datagram, such as an ICMP answer to a sender that is gone: the next is received all the same.
  socket.on('error', () => {})
  socket.on('message', options.onDatagram)
  return {
    port: socket.address().port,
    close: () => new Promise(resolve => socket.close(() => resolve())),
  }
}
