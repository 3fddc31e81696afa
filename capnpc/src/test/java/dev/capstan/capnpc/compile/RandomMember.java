package dev.capstan.capnpc.compile;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A field, group or union of a random struct. */
final class RandomMember {
    enum Kind {
        FIELD,
        GROUP,
        UNION
    }

    final Kind kind;
    /** Empty for unnamed unions. */
    final String name;

    final List<RandomMember> members = new ArrayList<>();

    @Nullable
    RandomType type;

    int ordinal = -1;

    RandomMember(Kind kind, String name) {
        this.kind = kind;
        this.name = name;
    }

    /** The fields inside, itself included. */
    void addFields(List<RandomMember> all) {
        if (kind == Kind.FIELD) {
            all.add(this);
        }
        members.forEach(member -> member.addFields(all));
    }
}
