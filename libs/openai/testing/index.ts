export * from './scripted-server'
