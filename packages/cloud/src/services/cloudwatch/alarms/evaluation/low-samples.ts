/**
 * Whether a bucket has too few samples for its percentile to be statistically significant: fewer than 10/(1-p) for a
 * percentile of p >= 0.5, or than 10/p below.
 *
 * @param percentile 0 to 100
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html
 */
export const hasTooFewSamples = (percentile: number, samples: number): boolean => {
  const tail = percentile >= 50 ? 100 - percentile : percentile
  // The allowance keeps 100 - 99.9 from being a little less than 0.1.
  return samples * tail < 1_000 - 1e-6
}
