/** How a client of the SDK is pointed at the local cloud. The access key is the account. */
export const clientOptions = (place: {
  readonly endpoint: string
  readonly account: string
  readonly region: string
}) => ({
  endpoint: place.endpoint,
  region: place.region,
  credentials: { accessKeyId: place.account, secretAccessKey: 'local' },
})
