import { onTestFinished } from 'vitest'
import { startGateway, type TestGateway } from './gateway.ts'

/** As {@link startGateway}, closed when the test has finished. */
export const startTestGateway = async (
  options: Parameters<typeof startGateway>[0] = {},
): Promise<TestGateway> => {
  const gateway = await startGateway(options)
  onTestFinished(() => gateway.close())
  return gateway
}
