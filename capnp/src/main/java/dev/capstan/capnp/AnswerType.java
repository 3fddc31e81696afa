package dev.capstan.capnp;

/** Makes the generated answer of a method; generated code passes {@code Foo.Answer::new}. */
@FunctionalInterface
public interface AnswerType<A> {
    /** The answer over {@code state}. */
    A answer(AnswerState state);
}
