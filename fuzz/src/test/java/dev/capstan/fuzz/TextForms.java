package dev.capstan.fuzz;

import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.dynamic.DynamicStruct;
import dev.capstan.capnp.dynamic.SchemaLoader;
import dev.capstan.capnp.dynamic.StructSchema;
import dev.capstan.capnp.testfixture.TestAllTypes;
import dev.capstan.capnp.text.Limits;
import dev.capstan.capnp.text.TextException;
import dev.capstan.capnp.text.TextForm;
import dev.capstan.capnp.text.TextInput;
import java.util.List;

/** Operations of {@link Target#TEXT}. */
final class TextForms {
    /** Each list or struct of two characters is tokens, an expression, and objects to write it through. */
    private static final Operation.Cost PARSING = new Operation.Cost(1024, 1 << 20, 64, 1 << 13);

    /** Indentation makes a text of many small things several times as long. */
    private static final Operation.Cost PRINTING = new Operation.Cost(8192, 4 << 20, 64, 1 << 13);

    static final List<Operation> OPERATIONS = List.of(
            new Operation("parse text", TextForms::parse, PARSING),
            new Operation("print what was parsed, and parse it again", TextForms::print, PRINTING));

    private static final StructSchema ALL = new SchemaLoader().load(TestAllTypes.TYPE);

    private TextForms() {}

    private static DynamicStruct.Builder struct() {
        return new MessageBuilder().initRoot(ALL.structType());
    }

    private static long parse(byte[] input) {
        long structs = 0;
        try {
            TextInput texts = new TextInput(input, Limits.DEFAULT);
            while (texts.hasNext()) {
                texts.next(struct());
                structs++;
            }
        } catch (TextException e) {
            if (e.line() < 1 || e.column() < 1) {
                throw new AssertionError("an error without a place", e);
            }
        }
        return structs;
    }

    private static long print(byte[] input) {
        DynamicStruct.Builder parsed = struct();
        try {
            TextInput texts = new TextInput(input, Limits.DEFAULT);
            if (texts.hasNext()) {
                texts.next(parsed);
            }
        } catch (TextException e) {
            // Its place was looked at by the other operation; what was set before it can be printed.
        }
        DynamicStruct.Reader value = parsed.asReader();
        for (String text : List.of(TextForm.compact(value), TextForm.pretty(value))) {
            DynamicStruct.Builder again = struct();
            try {
                TextForm.parse(text, again);
            } catch (TextException e) {
                throw new AssertionError("what was printed is refused: " + text, e);
            }
            if (!TextForm.compact(again.asReader()).equals(TextForm.compact(value))) {
                throw new AssertionError("it is something else when it is read again: " + text);
            }
        }
        return 1;
    }
}
