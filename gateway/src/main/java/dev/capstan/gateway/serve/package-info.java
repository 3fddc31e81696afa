/**
 * One server of every wire, made of one file. Start at {@link dev.capstan.gateway.serve.Configuration}, which is what the file says, and {@link dev.capstan.gateway.serve.Server}, which serves what it
 * is offered by that.
 */
@NullMarked
package dev.capstan.gateway.serve;

import org.jspecify.annotations.NullMarked;
