export type { BackoffOptions } from './backoff.js';
export { SUBPROTOCOL } from './connection.js';
export { type LineOptions, Mistake, type TransportOptions } from './lines.js';
export { type Refusal, type ResumableSession, type ResumeOptions, ResumeRefused, type ResumeState } from './options.js';
export { ResumableTransport, resumable } from './resume.js';
export { newWebTransportRpcSession, QUERY, WebTransportTransport } from './webtransport.js';
export { withSignal } from './signal.js';
export { Expr, Program, RUN, Writer, program, type Value } from './il.js';
