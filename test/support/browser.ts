import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { freePorts } from '../../src/embedded/ports'
import { until } from './until'

type Json = Readonly<Record<string, unknown>>

/** A real browser, one window, driven by WebDriver (W3C). Elements are named by CSS selectors. */
export type Browser = {
  readonly open: (url: string) => Promise<void>
  readonly click: (selector: string) => Promise<void>
  readonly type: (selector: string, text: string) => Promise<void>
  /** A key for whatever has the focus. */
  readonly press: (key: string) => Promise<void>
  readonly text: (selector: string) => Promise<string>
  /** Waits until an element says this, over the change of a page. */
  readonly shows: (selector: string, text: string) => Promise<void>
  readonly title: () => Promise<string>
  readonly evaluate: (expression: string) => Promise<unknown>
  /** What the browser itself complained about: refused styles, scripts, requests. */
  readonly complaints: () => Promise<ReadonlyArray<string>>
  readonly cookies: () => Promise<ReadonlyArray<unknown>>
  readonly screenshot: (file: string) => Promise<void>
  readonly close: () => Promise<void>
}

/** Whether there is a browser to test in; npm test brings it where it can and says so where it cannot. */
export const hasBrowser = (process.env['PATH'] ?? '')
  .split(delimiter)
  .some((folder) => existsSync(join(folder, 'chromedriver')))

type Device = { readonly width: number; readonly height: number; readonly isPhone: boolean }
export const desktop: Device = { width: 1280, height: 900, isPhone: false }
export const phone: Device = { width: 390, height: 844, isPhone: true }

const quiet = [
  'headless=new',
  'no-sandbox',
  'disable-gpu',
  'disable-quic',
  'no-first-run',
  'disable-background-networking',
  'disable-component-update',
  'disable-sync',
  'disable-dev-shm-usage',
]

const elementKey = 'element-6066-11e4-a52e-4f735466cecf'

const call = async (base: string, method: 'GET' | 'POST' | 'DELETE', path: string, body?: Json): Promise<unknown> => {
  const response = await fetch(base + path, {
    method,
    signal: AbortSignal.timeout(60_000),
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  const { value } = (await response.json()) as { readonly value: unknown }
  if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(value)}`)
  return value
}

const capabilities = ({ width, height, isPhone }: Device, profile: string, language: string): Json => ({
  browserName: 'chrome',
  'goog:loggingPrefs': { browser: 'ALL' },
  'goog:chromeOptions': {
    args: [...quiet, `window-size=${width},${height}`, `user-data-dir=${profile}`],
    prefs: { 'intl.accept_languages': language },
    ...(isPhone
      ? { mobileEmulation: { deviceMetrics: { width, height, pixelRatio: 2, mobile: true, touch: true } } }
      : {}),
  },
})

/** Starts ChromeDriver and a browser with an empty profile. `language` is what it asks pages for. */
export const openBrowser = async (device: Device, language = 'pt-BR'): Promise<Browser> => {
  const [port = 0] = await freePorts(1)
  const profile = await mkdtemp(join(tmpdir(), 'docg-chromium-'))
  const driver: ChildProcess = spawn('chromedriver', [`--port=${port}`, '--silent'], { stdio: 'ignore' })
  const base = `http://127.0.0.1:${port}`
  await until(
    () =>
      call(base, 'GET', '/status').then(
        () => true,
        () => false,
      ),
    20_000,
  )
  const wanted = { capabilities: { alwaysMatch: capabilities(device, profile, language) } }
  const { sessionId } = (await call(base, 'POST', '/session', wanted)) as { readonly sessionId: string }
  const ask = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: Json) =>
    call(`${base}/session/${sessionId}`, method, path, body)

  const element = async (value: string): Promise<string> => {
    const found = (await ask('POST', '/element', { using: 'css selector', value })) as Readonly<Record<string, string>>
    return `/element/${found[elementKey] ?? ''}`
  }
  const text = async (selector: string) => String(await ask('GET', `${await element(selector)}/text`))
  const keys = (text: string) =>
    text.split('').flatMap((value) => [
      { type: 'keyDown', value },
      { type: 'keyUp', value },
    ])

  return {
    open: async (url) => {
      await ask('POST', '/url', { url })
    },
    click: async (selector) => {
      await ask('POST', `${await element(selector)}/click`, {})
    },
    type: async (selector, text) => {
      await ask('POST', `${await element(selector)}/value`, { text })
    },
    press: async (key) => {
      await ask('POST', '/actions', { actions: [{ type: 'key', id: 'keyboard', actions: keys(key) }] })
    },
    text,
    shows: async (selector, expected) => {
      let last = ''
      const look = () =>
        text(selector).then(
          (said) => (last = said) === expected,
          () => false,
        )
      await until(look, 15_000, () => `${selector} says ${expected}, but ${last}`)
    },
    title: async () => String(await ask('GET', '/title')),
    evaluate: (expression) => ask('POST', '/execute/sync', { script: `return ${expression}`, args: [] }),
    complaints: async () => {
      const entries = (await ask('POST', '/se/log', { type: 'browser' })) as ReadonlyArray<{ readonly message: string }>
      return entries.map(({ message }) => message)
    },
    cookies: async () => (await ask('GET', '/cookie')) as ReadonlyArray<unknown>,
    screenshot: async (file) => {
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, Buffer.from(String(await ask('GET', '/screenshot')), 'base64'))
    },
    close: async () => {
      await ask('DELETE', '').catch(() => undefined)
      const ended = new Promise((resolve) => driver.once('exit', resolve))
      driver.kill()
      await ended
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
