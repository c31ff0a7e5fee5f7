import { expect } from 'chai'
import { clientOf } from '../support/client'
import { type Product, startProduct } from '../support/product'
import { slowNeighbour } from '../support/slow-neighbour'

describe('an organization with 200 runs at a server that never answers', function () {
  this.timeout(180_000)
  let product: Product
  before(async function () {
    this.timeout(180_000)
    product = await startProduct()
  })
  after(async function () {
    this.timeout(60_000)
    await product.stop()
  })

  it('keeps nobody else waiting', async () => {
    const neighbour = await slowNeighbour(product)
    try {
      await neighbour.crowd(200, 60)
      for (let i = 0; i < 5; i += 1) await neighbour.run()
      const { executions } = await clientOf(product).get('/executions?status=completed&status=failed&limit=100')
      expect(executions, 'none of the others has ended meanwhile').to.deep.equal([])
    } finally {
      await neighbour.stop()
    }
  })
})
