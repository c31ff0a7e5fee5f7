declare module 's3rver' {
  import type { AddressInfo } from 'node:net'
  class S3rver {
    constructor(options: {
      readonly address: string
      readonly port: number
      readonly silent: boolean
      readonly directory: string
      readonly configureBuckets: ReadonlyArray<{ readonly name: string; readonly configs: ReadonlyArray<string> }>
    })
    run(done: (error: Error | null | undefined, address: AddressInfo) => void): Promise<AddressInfo>
    close(): Promise<void>
  }
  export = S3rver
}
