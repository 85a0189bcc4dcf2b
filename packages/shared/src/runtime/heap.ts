import { setFlagsFromString } from 'node:v8'

/**
 * Keep the heap near what it holds, for a process that reads pages. Each page makes much garbage in a burst, and V8 by itself lets
 * the heap grow to several times of what is kept before it collects; what the process has got by then it never gives back: a
 * scraper came to 274 MiB, and stays below 180 (docs/BENCHMARKS.md, `soak`). Reading a page costs our process 1.6 times the time,
 * some tens of milliseconds beside Chromium's second. V8 looks at this each time it collects; NODE_OPTIONS does not take it.
 */
export const keepHeapSmall = (): void => setFlagsFromString('--optimize-for-size')
