package dev.capstan.capnp.json;

import dev.capstan.capnp.StructList;
import dev.capstan.capnp.json.schema.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes JSON as a struct. */
final class ValueSink extends Sink {
    private static final int VALUE_WORDS = Value.TYPE.dataWords() + Value.TYPE.pointerCount();
    private static final int FIELD_WORDS = Value.Field.TYPE.dataWords() + Value.Field.TYPE.pointerCount() + VALUE_WORDS;

    private final List<Level> levels = new ArrayList<>();
    private final Limits limits;
    private long wordsLeft;
    /** What the root, or the value of the member just named, goes into. */
    private Value.Builder target;

    private static final class Level {
        final StructList.@Nullable Builder<Value.Builder> values;
        final StructList.@Nullable Builder<Value.Field.Builder> members;
        int count;

        Level(
                StructList.@Nullable Builder<Value.Builder> values,
                StructList.@Nullable Builder<Value.Field.Builder> members) {
            this.values = values;
            this.members = members;
        }
    }

    ValueSink(Value.Builder root, Limits limits) {
        this.target = root;
        this.limits = limits;
        this.wordsLeft = limits.decodedWords();
    }

    private void take(long words) {
        wordsLeft -= words;
        if (wordsLeft < 0) {
            throw JsonException.of(
                    "The value takes more than " + limits.decodedWords() + " words of 8 bytes (Limits.decodedWords).");
        }
    }

    private Value.Builder next() {
        Level level = levels.isEmpty() ? null : levels.getLast();
        return level == null || level.values == null ? target : level.values.get(level.count++);
    }

    @Override
    void nothing() {
        next().setNull();
    }

    @Override
    void bool(boolean value) {
        next().setBoolean(value);
    }

    @Override
    void number(double value) {
        next().setNumber(value);
    }

    @Override
    void integer(long value, boolean unsigned) {
        next().setNumber(unsigned && value < 0 ? ((value >>> 1) | (value & 1)) * 2.0 : value);
    }

    @Override
    void string(String value) {
        take(value.length() / 8 + 1);
        next().setString(value);
    }

    @Override
    void raw(String text) {
        take(text.length() / 8 + 1);
        next().setRaw(text);
    }

    @Override
    void beginArray(int size) {
        take(1 + (long) size * VALUE_WORDS);
        levels.add(new Level(next().initArray(size), null));
    }

    @Override
    void beginObject(int size) {
        take(1 + (long) size * FIELD_WORDS);
        levels.add(new Level(null, next().initObject(size)));
    }

    @Override
    void beginCall(String function, int size) {
        take(2 + function.length() / 8 + (long) size * VALUE_WORDS);
        Value.Call.Builder call = next().initCall();
        call.setFunction(function);
        levels.add(new Level(call.initParams(size), null));
    }

    @Override
    void name(String name) {
        take(name.length() / 8 + 1);
        Level level = levels.getLast();
        if (level.members == null) {
            throw new AssertionError("A name outside of an object: " + name);
        }
        Value.Field.Builder member = level.members.get(level.count++);
        member.setName(name);
        target = member.initValue();
    }

    @Override
    void end() {
        levels.removeLast();
    }
}
