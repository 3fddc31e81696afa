export { withSignal } from './signal.js';
export { Expr, Program, RUN, Writer, program, type Value } from './il.js';
