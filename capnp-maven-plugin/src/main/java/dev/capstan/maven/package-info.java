/**
 * The compiler of schemas as a plugin of Maven. The classes whose names end in {@code Mojo} are what Maven sees; what they do is in classes that know
 * nothing of Maven.
 *
 * <p>Start at {@link dev.capstan.maven.GenerateMojo}, and for its work at {@code Generation}.
 */
@NullMarked
package dev.capstan.maven;

import org.jspecify.annotations.NullMarked;
