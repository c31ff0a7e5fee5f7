import { serveJobs } from '../threads/serve-jobs'
import { perform } from './job'

serveJobs(perform)
