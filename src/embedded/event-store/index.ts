export { type EventStoreServer, startEventStoreServer } from './server'
