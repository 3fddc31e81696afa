/** The server that the benchmark of the TypeScript implementation of Cap'n Web is run against: see {@link dev.capstan.bench.web.WebBenchServer}. */
@NullMarked
package dev.capstan.bench.web;

import org.jspecify.annotations.NullMarked;
