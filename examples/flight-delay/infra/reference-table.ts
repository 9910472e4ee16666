import {
  AttributeType,
  BillingMode,
  InputCompressionType,
  InputFormat,
  Table,
} from 'aws-cdk-lib/aws-dynamodb'
import { Asset } from 'aws-cdk-lib/aws-s3-assets'
import { RemovalPolicy } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'

/** The reference data in DynamoDB, filled as the table is created. */
export class ReferenceTable extends Construct {
  readonly table: Table

  /** @param file gzipped lines of DynamoDB JSON with the key `pk` */
  constructor(scope: Construct, id: string, file: string) {
    super(scope, id)
    const asset = new Asset(this, 'Data', { path: file })
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      importSource: {
        bucket: asset.bucket,
        keyPrefix: asset.s3ObjectKey,
        inputFormat: InputFormat.dynamoDBJson(),
        compressionType: InputCompressionType.GZIP,
      },
      // All of it is in the repository: nothing is lost with the table.
      removalPolicy: RemovalPolicy.DESTROY,
    })
  }
}
