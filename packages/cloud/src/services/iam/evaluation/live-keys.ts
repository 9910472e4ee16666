/**
 * Condition keys of live requests. Those given to the evaluation have a value; those named here have none on AWS either,
 * where a role's session calls an API directly. Of all others nothing is known.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */

/** In lower case. */
const ABSENT: ReadonlySet<string> = new Set([
  'aws:calledvia',
  'aws:calledviafirst',
  'aws:calledvialast',
  'aws:federatedprovider',
  'aws:multifactorauthage',
  'aws:multifactorauthpresent',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:principalservicename',
  'aws:principalservicenameslist',
  'aws:referer',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceidentity',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
  'aws:sourceowner',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:username',
  'aws:vpcsourceip',
])

/** Tags of the principal are given where there are any. */
const ABSENT_PREFIX = 'aws:principaltag/'

/** Whether nothing is known of a key that a live request does not give. @param key in any case */
export const isUnknownKey = (key: string): boolean => {
  const lower = key.toLowerCase()
  return !ABSENT.has(lower) && !lower.startsWith(ABSENT_PREFIX)
}
