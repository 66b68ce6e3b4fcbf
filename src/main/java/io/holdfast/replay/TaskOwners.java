package io.holdfast.replay;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Maps tasks that threads give to each other to the connection that was served when they were given away. Any thread. */
final class TaskOwners {
    private final Map<Key, Object> owners = new ConcurrentHashMap<>();
    private final ReferenceQueue<Object> collected = new ReferenceQueue<>();

    /** @param owner null for none */
    void give(final Object task, final Object owner) {
        if (task == null || owner == null && owners.isEmpty()) {
            return;
        }
        for (Reference<?> gone = collected.poll(); gone != null; gone = collected.poll()) {
            owners.remove(gone);
        }
        if (owner == null) {
            owners.remove(new Key(task, null));
        } else {
            owners.put(new Key(task, collected), owner);
        }
    }

    /** null for none. */
    Object owner(final Object task) {
        return owners.isEmpty() || task == null ? null : owners.get(new Key(task, null));
    }

    int size() {
        return owners.size();
    }

    /** Key by identity, whatever the task's own {@code equals} says; keeps no garbage alive. */
    private static final class Key extends WeakReference<Object> {
        private final int hash;

        Key(final Object task, final ReferenceQueue<Object> collected) {
            super(task, collected);
            hash = System.identityHashCode(task);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(final Object other) {
            if (this == other) {
                return true;
            }
            final Object task = get();
            return task != null && other instanceof Key key && key.refersTo(task);
        }
    }
}
