import { UsageReport } from '../usage-report/usage-report.ts'
import { TemplateStack } from './template-stack.ts'
import type { Template } from './value.ts'

/** The daily report on usage plans: once an account and region. */
export const usageReportTemplate = (): Template => {
  const stack = new TemplateStack(
    'Reports once a day what every API key used of every usage plan of this account and region.',
  )
  const { function: report } = new UsageReport(stack, 'Watch')
  stack.output('Function', 'Makes the report.', report.functionName)
  return stack.template()
}
