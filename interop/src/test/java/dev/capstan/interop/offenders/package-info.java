/**
 * A small house of offenders: each package stands for the module of its name, and its classes break one wall on purpose, beside
 * an innocent class that does something similar and must not be reported. Never run, only read by {@code HouseOffendersTest}.
 */
@NullMarked
package dev.capstan.interop.offenders;

import org.jspecify.annotations.NullMarked;
