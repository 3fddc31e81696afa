package dev.capstan.capnpc.breaking;

import dev.capstan.capnp.schema.Node;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which declaration of the newer version is which of the older one: the one with the same id; else the one that has the same name in the same
 * place, which has changed its id.
 */
final class Counterparts {
    private final Schemas base;
    private final Schemas current;
    private final Map<Long, Long> byBaseId = new HashMap<>();
    private final Map<Long, Long> byCurrentId = new HashMap<>();
    private final Set<Long> withOtherId = new HashSet<>();

    Counterparts(Schemas base, Schemas current) {
        this.base = base;
        this.current = current;
        base.declared().forEach(this::pair);
    }

    private void pair(Node.Reader node) {
        if (current.find(node.getId()) != null) {
            put(node.getId(), node.getId());
            return;
        }
        Node.Reader namesake = namesake(node);
        if (namesake != null && base.find(namesake.getId()) == null) {
            put(node.getId(), namesake.getId());
            withOtherId.add(node.getId());
        }
    }

    private void put(long baseId, long currentId) {
        byBaseId.put(baseId, currentId);
        byCurrentId.put(currentId, baseId);
    }

    private Node.@Nullable Reader namesake(Node.Reader node) {
        if (node.isFile()) {
            return current.files().get(Schemas.fileName(node));
        }
        Long around = byBaseId.get(node.getScopeId());
        return around == null ? null : current.nested(current.get(around)).get(Schemas.simpleName(node));
    }

    /** The newer version of a declaration; null if there is none. */
    Node.@Nullable Reader of(Node.Reader node) {
        Long id = byBaseId.get(node.getId());
        return id == null ? null : current.get(id);
    }

    /** The older version of a declaration; null if it is new. */
    Node.@Nullable Reader baseOf(long currentId) {
        return base.find(byCurrentId.getOrDefault(currentId, currentId));
    }

    /** Whether the two ids mean the same; what neither version declares itself, such as a schema of a library, is the same under the same id. */
    boolean areSame(long baseId, long currentId) {
        return byBaseId.getOrDefault(baseId, baseId) == currentId;
    }

    /** Whether a declaration was found by its name alone. */
    boolean hasOtherId(Node.Reader node) {
        return withOtherId.contains(node.getId());
    }
}
