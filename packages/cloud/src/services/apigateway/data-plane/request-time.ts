let second = -1
let text = ''

/** `dd/MMM/yyyy:HH:mm:ss +0000`, the form of `requestTime`. Made once a second. */
export const requestTime = (time: number): string => {
  const current = Math.floor(time / 1000)
  if (current !== second) {
    // Tue, 10 Mar 2020 00:03:59 GMT
    const utc = new Date(current * 1000).toUTCString()
    text = `${utc.slice(5, 7)}/${utc.slice(8, 11)}/${utc.slice(12, 16)}:${utc.slice(17, 25)} +0000`
    second = current
  }
  return text
}
