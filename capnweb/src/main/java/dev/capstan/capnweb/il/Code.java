package dev.capstan.capnweb.il;

import java.util.List;

/**
 * A program that was checked.
 *
 * @param ops one after the other
 * @param places where each comes from
 * @param slots values that have names, at most at a time
 */
record Code(List<Op> ops, List<Place> places, int slots) {}
