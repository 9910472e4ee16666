import { describe, expect, it } from 'vitest'
import { InvalidDaemonAddressError, parseDaemonAddress } from './daemon-address.ts'

describe('parseDaemonAddress', () => {
  it.each([
    [undefined, '127.0.0.1', 2000, '127.0.0.1', 2000],
    ['169.254.79.129:2000', '169.254.79.129', 2000, '169.254.79.129', 2000],
    ['xray-daemon:3000', 'xray-daemon', 3000, 'xray-daemon', 3000],
    ['tcp:10.0.0.1:2001 udp:10.0.0.2:2002', '10.0.0.2', 2002, '10.0.0.1', 2001],
    ['udp:10.0.0.2:2002 tcp:10.0.0.1:2001', '10.0.0.2', 2002, '10.0.0.1', 2001],
    ['[::1]:2000', '::1', 2000, '::1', 2000],
    ['udp:[::1]:1 tcp:[::1]:2', '::1', 1, '::1', 2],
  ])('reads %s', (text, udpHost, udpPort, tcpHost, tcpPort) => {
    expect(parseDaemonAddress(text)).toEqual({
      udp: { host: udpHost, port: udpPort },
      tcp: { host: tcpHost, port: tcpPort },
    })
  })

  it.each([
    'localhost',
    ':2000',
    'host:',
    'host:0',
    'host:70000',
    'udp:host:1',
    'udp:a:1 udp:b:2',
    'a:1 b:2 c:3',
    '::1:2000',
  ])('refuses %s', text => {
    expect(() => parseDaemonAddress(text)).toThrow(
      new InvalidDaemonAddressError(`Invalid daemon address ${text} specified.`),
    )
  })
})
