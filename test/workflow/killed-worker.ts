import { temporalWorker } from '../../src/workflow/temporal-worker'

/** A worker in a process of its own that comes to no end with what it begins, until it is killed. */
const main = async (): Promise<void> => {
  const [address = '', taskQueue = ''] = process.argv.slice(2)
  const advance = () => {
    process.stdout.write('at work\n')
    return new Promise<never>(() => undefined)
  }
  await temporalWorker({ address, namespace: 'default', taskQueue }, { advance }, 4, new AbortController().signal)
  process.stdout.write('ready\n')
}

void main()
