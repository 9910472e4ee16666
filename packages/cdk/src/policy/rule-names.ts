/**
 * Whether the rule of a composite alarm refers to an alarm by its name or ARN: `ALARM(name)`, `OK("arn:…:alarm:name")`. Names may
 * begin alike, so what follows counts as well.
 */
export const ruleNames = (rule: string, name: string): boolean => {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`[(:"]\\s*${escaped}\\s*(?:[)"\\\\]|$)`).test(rule)
}
