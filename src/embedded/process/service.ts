/** What it takes to run one program: data only, so that starting, watching and stopping is written once. Times in ms. */
export type Service = {
  readonly name: string
  readonly command: string
  readonly args: ReadonlyArray<string>
  readonly env: NodeJS.ProcessEnv
  readonly account?: Account | undefined
  readonly cwd?: string
  /** A part of the command line by which the process can be told from others; the command unless given. */
  readonly program?: string
  /** Runs before every start, also before a restart. */
  readonly prepare?: () => Promise<unknown>
  readonly isReady: () => Promise<boolean>
  /** Runs once after every start. */
  readonly afterReady?: () => Promise<undefined>
  readonly readyWithin: number
  readonly stopSignal: NodeJS.Signals
  readonly stopWithin: number
}

export type Account = { readonly uid: number; readonly gid: number }
