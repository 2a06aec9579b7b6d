import { focusBufferContract } from './focus-buffer.contract'
import { InProcessFocusBuffer } from './in-process.focus-buffer'

describe('the focus buffer in this process', () => {
  focusBufferContract((clock, limits) => new InProcessFocusBuffer(clock, limits))
})
