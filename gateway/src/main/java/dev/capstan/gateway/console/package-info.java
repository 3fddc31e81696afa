/**
 * The web console: a page that shows what a server does and calls what it serves, and the objects behind it, which the page calls over Cap'n Web. Start at {@link
 * dev.capstan.gateway.console.Console}.
 */
@NullMarked
package dev.capstan.gateway.console;

import org.jspecify.annotations.NullMarked;
