import {
  AttributeType,
  BillingMode,
  InputCompressionType,
  InputFormat,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb'
import { Asset } from 'aws-cdk-lib/aws-s3-assets'
import { RemovalPolicy } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'

export interface ReferenceTableProps {
  /** Name of the partition key, a text. Default `pk`. */
  readonly partitionKey?: string
  /** Gzipped lines of DynamoDB JSON, imported as the table is created. */
  readonly file?: string
  /** What becomes of the table with the stack. Default: gone where a file has all of it, else kept. */
  readonly removalPolicy?: RemovalPolicy
}

/** The reference data in DynamoDB: encrypted, and restorable to any second of the last 35 days. */
export class ReferenceTable extends Construct {
  readonly table: Table

  constructor(
    scope: Construct,
    id: string,
    { partitionKey = 'pk', file, removalPolicy }: ReferenceTableProps,
  ) {
    super(scope, id)
    const asset = file === undefined ? undefined : new Asset(this, 'Data', { path: file })
    this.table = new Table(this, 'Table', {
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      ...(asset && {
        importSource: {
          bucket: asset.bucket,
          keyPrefix: asset.s3ObjectKey,
          inputFormat: InputFormat.dynamoDBJson(),
          compressionType: InputCompressionType.GZIP,
        },
      }),
      removalPolicy: removalPolicy ?? (asset ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN),
    })
  }
}
