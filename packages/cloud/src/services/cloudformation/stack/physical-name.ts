/** Characters that CloudFormation adds at random to a physical name. */
export const RANDOM_LENGTH = 12

/**
 * A physical name in CloudFormation's form `<stack>-<logicalId>-<random>`. Where that is longer than `maxLength`, stack
 * name and logical id are cut, each down to half of what is left at most.
 */
export const physicalName = (
  stackName: string,
  logicalId: string,
  random: string,
  maxLength: number,
): string => {
  const room = maxLength - random.length - 2
  if (room < 2) return random.slice(0, maxLength)
  const half = Math.floor(room / 2)
  const stack = stackName.slice(0, Math.max(half, room - logicalId.length))
  const logical = logicalId.slice(0, room - stack.length)
  return `${stack}-${logical}-${random}`
}
