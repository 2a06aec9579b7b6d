export { mapInTurns, nextTurn } from '#kernel'
