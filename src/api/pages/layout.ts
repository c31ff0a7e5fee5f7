import type { Locale } from '../../domain/messages/entry'
import { html, type Html } from '../../domain/html'

const style = `
:root{color-scheme:light dark;--text:#1b1b1f;--soft:#55565c;--line:#c9cad1;--ground:#f4f5f8;--card:#ffffff;--link:#0b57d0;--yes:#0b6b3a;--no:#b3261e;--alert:#fdecea}
@media (prefers-color-scheme:dark){:root{--text:#e6e6ea;--soft:#b4b5bd;--line:#4a4b52;--ground:#16171a;--card:#212226;--link:#a8c7fa;--yes:#1b7f4b;--no:#f2b8b5;--alert:#3b2020}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:40rem;margin:0 auto;padding:1.5rem 1rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1.5rem}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .5rem;overflow-wrap:anywhere}
h2{font-size:1.1rem;margin:1.75rem 0 .5rem}
p{margin:.5rem 0;overflow-wrap:anywhere}
.soft{color:var(--soft);font-size:.925rem}
.message{border-left:.25rem solid var(--line);padding:.1rem 0 .1rem 1rem}
a{color:var(--link);overflow-wrap:anywhere}
ul.files{list-style:none;margin:0;padding:0}
ul.files li+li{margin-top:.5rem}
ul.files a{display:flex;justify-content:space-between;align-items:center;gap:1rem;min-height:3rem;padding:.6rem 1rem;border:1px solid var(--line);border-radius:.5rem;text-decoration:none}
ul.files a:hover span:first-child{text-decoration:underline}
ul.files .soft{flex:none}
label{display:block;margin-top:1.25rem;font-weight:600}
textarea{display:block;width:100%;margin-top:.35rem;padding:.7rem;font:inherit;color:inherit;background:var(--card);border:1px solid var(--soft);border-radius:.5rem;resize:vertical}
.buttons{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:1.25rem}
button{flex:1 1 12rem;min-height:3rem;padding:.7rem 1rem;font:inherit;font-weight:600;border-radius:.5rem;border:2px solid var(--yes);background:var(--yes);color:#fff;cursor:pointer}
button.no{background:transparent;border-color:var(--no);color:var(--no)}
:focus-visible{outline:3px solid var(--link);outline-offset:3px}
.alert{border:2px solid var(--no);background:var(--alert);border-radius:.5rem;padding:.5rem 1rem;margin:0 0 1.5rem}
footer{max-width:40rem;margin:0 auto;padding:0 1rem 2rem;display:flex;justify-content:space-between;align-items:center}
footer a{display:inline-block;padding:.75rem 0}
`

const other: Readonly<Record<Locale, { readonly locale: Locale; readonly name: string }>> = {
  'pt-BR': { locale: 'en', name: 'English' },
  en: { locale: 'pt-BR', name: 'Português' },
}

/** A page for people without an account: no script, nothing from elsewhere. `nonce` lets its own style in. */
export const layout = (locale: Locale, title: string, body: Html, nonce: string): string => {
  const second = other[locale]
  return html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex, nofollow" />
        <title>${title} – docg</title>
        <style nonce="${nonce}">
          ${{ html: style }}
        </style>
      </head>
      <body>
        <main>
          <div class="card">${body}</div>
        </main>
        <footer class="soft">
          <span>docg</span>
          <a href="?locale=${second.locale}" hreflang="${second.locale}" lang="${second.locale}">${second.name}</a>
        </footer>
      </body>
    </html> `.html
}
