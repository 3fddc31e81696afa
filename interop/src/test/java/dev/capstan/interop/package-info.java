/** Foreign peers, house rules, the parity list. */
@NullMarked
package dev.capstan.interop;

import org.jspecify.annotations.NullMarked;
