import { type CallError, invalidArgument, timedOut, unavailable } from './errors'
import { type Failure } from './model'

export const failureError = (failure: Failure): CallError => {
  switch (failure._tag) {
    case 'Unavailable':
      return unavailable(failure.reason)
    case 'TimedOut':
      return timedOut()
    case 'NotStorable':
      return invalidArgument(failure.reason)
  }
}
