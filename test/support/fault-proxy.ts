import { createServer, connect, type AddressInfo, type Socket } from 'node:net'

/**
 * `pass` · `cut` ends every connection at once, new ones too · `refuse` as cut, and nobody listens · `stall` accepts, forwards nothing ·
 * `hold-requests` and `hold-answers` stall one direction · `{delayMs}` forwards late. What is held flows on when the fault goes.
 */
export type Fault =
  'pass' | 'cut' | 'refuse' | 'stall' | 'hold-requests' | 'hold-answers' | { readonly delayMs: number }

export type FaultProxy = {
  readonly port: number
  readonly set: (fault: Fault) => Promise<void>
  /** The present connections never carry a byte again, nor a close, whatever comes later: the peer is gone without a word. */
  readonly freeze: () => void
  /** Cuts the connection over which the `bytes`-th byte from now on is forwarded, right after that byte. Once. */
  readonly cutAfter: (bytes: number, direction: Direction) => void
  /** Open connections from clients, frozen ones included. */
  readonly open: () => number
  /** Connections accepted so far. */
  readonly accepted: () => number
  readonly forwarded: (direction: Direction) => number
  readonly stop: () => Promise<void>
}

type Direction = 'requests' | 'answers'
type Pipe = { readonly from: Socket; readonly to: Socket; readonly direction: Direction; last: Promise<void> }
type Line = { readonly client: Socket; readonly server: Socket; readonly pipes: ReadonlyArray<Pipe>; frozen: boolean }

const holds = (fault: Fault, direction: Direction): boolean => fault === 'stall' || fault === `hold-${direction}`

export const startFaultProxy = async (target: {
  readonly host: string
  readonly port: number
}): Promise<FaultProxy> => {
  let fault: Fault = 'pass'
  let accepted = 0
  let fuse: { left: number; readonly direction: Direction } | undefined
  const forwarded = { requests: 0, answers: 0 }
  const lines = new Set<Line>()

  const drop = (line: Line) => {
    line.client.destroy()
    line.server.destroy()
  }
  const adjust = (line: Line) => {
    for (const { from, direction } of line.pipes)
      if (line.frozen || holds(fault, direction)) from.pause()
      else from.resume()
  }
  const send = (line: Line, pipe: Pipe, chunk: Buffer) => {
    if (line.frozen || pipe.to.destroyed) return
    const burning = fuse?.direction === pipe.direction ? fuse : undefined
    const part = burning === undefined ? chunk : chunk.subarray(0, burning.left)
    forwarded[pipe.direction] += part.length
    pipe.to.write(part)
    if (burning === undefined) return
    burning.left -= part.length
    if (burning.left > 0) return
    fuse = undefined
    pipe.to.end(() => drop(line))
  }
  const carry = (line: Line, pipe: Pipe) => {
    pipe.from.on('data', (chunk) => {
      const wait = typeof fault === 'object' ? fault.delayMs : 0
      if (wait === 0) send(line, pipe, chunk)
      else
        pipe.last = pipe.last
          .then(() => new Promise<void>((resolve) => setTimeout(resolve, wait)))
          .then(() => send(line, pipe, chunk))
    })
    pipe.from.on('end', () => line.frozen || pipe.to.end())
    pipe.from.on('error', () => undefined)
    pipe.from.on('close', () => {
      if (!line.frozen) pipe.to.destroy()
      if (pipe.direction === 'requests') lines.delete(line)
    })
  }
  const listener = createServer({ allowHalfOpen: true }, (client) => {
    accepted += 1
    if (fault === 'cut') {
      client.destroy()
      return
    }
    const server = connect({ ...target, allowHalfOpen: true })
    const pipes: ReadonlyArray<Pipe> = [
      { from: client, to: server, direction: 'requests', last: Promise.resolve() },
      { from: server, to: client, direction: 'answers', last: Promise.resolve() },
    ]
    const line: Line = { client, server, pipes, frozen: false }
    lines.add(line)
    for (const pipe of pipes) carry(line, pipe)
    adjust(line)
  })
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      listener.once('error', reject)
      listener.listen(port, '127.0.0.1', resolve)
    })
  const hangUp = () => new Promise<void>((resolve) => listener.close(() => resolve()))
  const dropAll = () => {
    for (const line of lines) drop(line)
  }

  await listen(0)
  const { port } = listener.address() as AddressInfo
  return {
    port,
    set: async (next) => {
      const listening = fault !== 'refuse'
      fault = next
      if (next === 'cut' || next === 'refuse') dropAll()
      if (next === 'refuse' && listening) await hangUp()
      if (next !== 'refuse' && !listening) await listen(port)
      for (const line of lines) adjust(line)
    },
    freeze: () => {
      for (const line of lines) {
        line.frozen = true
        adjust(line)
      }
    },
    cutAfter: (bytes, direction) => (fuse = { left: bytes, direction }),
    open: () => lines.size,
    accepted: () => accepted,
    forwarded: (direction) => forwarded[direction],
    stop: async () => {
      dropAll()
      if (fault !== 'refuse') await hangUp()
    },
  }
}
