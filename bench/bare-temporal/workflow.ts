import { proxyActivities } from '@temporalio/workflow'

const { nothing } = proxyActivities<{ readonly nothing: () => Promise<void> }>({ startToCloseTimeout: '1 minute' })

/** As many plain activities as asked, one after another, each of which does nothing. */
export async function doNothing(times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) await nothing()
}
