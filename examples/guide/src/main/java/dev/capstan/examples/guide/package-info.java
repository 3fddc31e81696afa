/** The code of docs/guide.md and of docs/coming-from-typescript.md, which tests run. */
@NullMarked
package dev.capstan.examples.guide;

import org.jspecify.annotations.NullMarked;
