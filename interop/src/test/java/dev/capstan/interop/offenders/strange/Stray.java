package dev.capstan.interop.offenders.strange;

/** Lives in a module that no plan knows. */
record Stray(String name) {}
