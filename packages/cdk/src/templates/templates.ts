import { stringify } from 'yaml'
import { alarmsTemplate } from './alarms-template.ts'
import { dashboardTemplate } from './dashboard-template.ts'
import { healthCheckTargetTemplate } from './health-check-target-template.ts'
import { healthCheckTemplate } from './health-check-template.ts'
import { usageReportTemplate } from './usage-report-template.ts'
import type { Template } from './value.ts'

/** What writes the templates' files. */
export const COMMAND = 'npm run build:templates -w packages/cdk'

const HEADER = ` Made of the constructs of @sonde/cdk by \`${COMMAND}\`: change those, not this.\n`

/** The files of the reusable templates, by name. */
export const TEMPLATES: Readonly<Record<string, () => Template>> = {
  'alarms.template.yaml': alarmsTemplate,
  'dashboard.template.yaml': dashboardTemplate,
  'health-check.template.yaml': healthCheckTemplate,
  'health-check-target.template.yaml': healthCheckTargetTemplate,
  'usage-report.template.yaml': usageReportTemplate,
}

/** A template as its file has it. */
export const textOf = (template: Template): string => {
  const whole = { AWSTemplateFormatVersion: '2010-09-09', ...template }
  // CloudFormation reads YAML 1.1, where `no` and `OFF` are no texts.
  return `#${HEADER}${stringify(whole, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false })}`
}
