import { serveJobs } from '../threads/serve-jobs'
import { type Job, perform } from './job'

serveJobs((job) => perform(job as Job))
