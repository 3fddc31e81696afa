/**
 * Cap'n Web, the capability RPC of browsers and TypeScript: values, expressions, and the session of two peers.
 */
package dev.capstan.capnweb;
