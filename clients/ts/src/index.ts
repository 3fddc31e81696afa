export type { BackoffOptions } from './backoff.js';
export {
  type Refusal,
  type ResumableSession,
  ResumableTransport,
  type ResumeOptions,
  ResumeRefused,
  type ResumeState,
  resumable,
  SUBPROTOCOL,
} from './resume.js';
export { withSignal } from './signal.js';
export { Expr, Program, RUN, Writer, program, type Value } from './il.js';
