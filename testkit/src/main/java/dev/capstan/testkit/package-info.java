/**
 * What tests of every module are written with. Nothing here is used by a library at run time.
 *
 * <p>Start at {@link dev.capstan.testkit.Parity}, which ties a test to the row of the parity list that it stands for,
 * {@link dev.capstan.testkit.StreamContract}, with which a transport proves itself, and {@link dev.capstan.testkit.SimNetwork}, a network
 * of any number of hosts in one thread.
 */
@NullMarked
package dev.capstan.testkit;

import org.jspecify.annotations.NullMarked;
