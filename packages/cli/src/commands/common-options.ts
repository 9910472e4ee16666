import type { Option } from '../command.ts'

/** Options that commands share, with the variable that sets each. */
export const PORT: Option = {
  type: 'string',
  value: 'number',
  variable: 'SONDE_PORT',
  help: 'Port of the AWS endpoint. Default 4566',
}

export const HOST: Option = {
  type: 'string',
  value: 'address',
  variable: 'SONDE_HOST',
  help: 'Address to listen on. Default 127.0.0.1',
}

export const ACCOUNT: Option = {
  type: 'string',
  value: 'digits',
  variable: 'SONDE_ACCOUNT',
  help: 'Account id. Default 000000000000',
}

export const REGION: Option = {
  type: 'string',
  value: 'name',
  variable: 'SONDE_REGION',
  help: 'Region. Default us-east-1',
}
