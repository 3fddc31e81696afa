export { withSignal } from './signal.js';
