import { type RequestHandler, Router } from 'express'
import type { MethodNotAllowed } from './error'

export type Methods = Readonly<Partial<Record<'get' | 'post' | 'put' | 'delete', RequestHandler>>>

export type Refuse = (error: MethodNotAllowed) => RequestHandler

/** Routes by path; another method than those given is answered 405 naming them, OPTIONS with what there is. */
export const routesOf = (resources: Readonly<Record<string, Methods>>, refuse: Refuse): Router => {
  const router = Router()
  for (const [path, methods] of Object.entries(resources)) {
    const { get, post, put, delete: remove } = methods
    const allowed = [
      ...(get ? ['GET', 'HEAD'] : []),
      ...(post ? ['POST'] : []),
      ...(put ? ['PUT'] : []),
      ...(remove ? ['DELETE'] : []),
      'OPTIONS',
    ]
    const route = router.route(path)
    if (get !== undefined) route.get(get)
    if (post !== undefined) route.post(post)
    if (put !== undefined) route.put(put)
    if (remove !== undefined) route.delete(remove)
    route.options((_, res) => void res.status(204).set('Allow', allowed.join(', ')).end())
    route.all(refuse({ _tag: 'MethodNotAllowed', allowed }))
  }
  return router
}
